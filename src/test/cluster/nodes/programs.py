"""How a node's programs are called, and their configuration, which is below the node's /var."""

import json
from pathlib import Path

from controlplane.parts import Part
from nodes import cgroups, images
from nodes.namespaces import inside

# Of Debian, of Fedora, and of the project itself.
_CNI_PLUGINS = ("/usr/lib/cni", "/usr/libexec/cni", "/opt/cni/bin")
_NEEDED_PLUGINS = ("ptp", "host-local", "loopback", "portmap")
_SOCKET = "/run/containerd/containerd.sock"

PROXY = "system:kube-proxy"

# Their cgroup in a node's, beside the kubelet's for its pods.
DAEMONS = "daemons"


def user_of(node):
    return f"system:node:{node.name}"


def cni_plugins():
    """The directory that has those that a node needs; None if there is none."""
    for directory in _CNI_PLUGINS:
        if all(Path(directory, plugin).is_file() for plugin in _NEEDED_PLUGINS):
            return directory
    return None


class Programs:
    """The programs of one node.

    first: the id of the node's first process
    var: the directory of this machine that is the node's /var
    """

    def __init__(self, starting, network, node, first, var):
        self.starting = starting
        self.network = network
        self.node = node
        self.first = first
        self.config = var / "config"
        self.config.mkdir(parents=True)

    def containerd(self):
        (self.config / "cni").mkdir()
        self._write("cni/pods.conflist", self._cni())
        (self.config / "containerd.toml").write_text(_containerd())
        return self._part("containerd", "containerd", "--config=/var/config/containerd.toml")

    def kubelet(self):
        self._write("kubelet.json", self._kubelet())
        self._copy("ca.crt", self.starting.trust.authority)
        identity = self.starting.trust.issue_for_node(self.node.name, self.node.address)
        self._copy("kubelet.crt", identity.certificate)
        self._copy("kubelet.key", identity.key)
        self._copy("kubelet.kubeconfig", self.starting.kubeconfig(user_of(self.node)))
        return self._part(
            "kubelet",
            self.starting.bin / "kubelet",
            "--config=/var/config/kubelet.json",
            "--kubeconfig=/var/config/kubelet.kubeconfig",
            f"--hostname-override={self.node.name}",
            f"--node-ip={self.node.address}",
        )

    def kube_proxy(self):
        self._write("kube-proxy.json", self._kube_proxy())
        self._copy("kube-proxy.kubeconfig", self.starting.kubeconfig(PROXY))
        return self._part(
            "kube-proxy", self.starting.bin / "kube-proxy", "--config=/var/config/kube-proxy.json"
        )

    def has_containerd(self):
        """Whether it can be called: its socket, as this machine sees it."""
        return Path(f"/proc/{self.first}/root{_SOCKET}").exists()

    def _part(self, name, *command):
        cgroup = f"{self.starting.place.cgroup}/{self.node.name}/{DAEMONS}"
        return Part(
            f"{self.node.name}-{name}", cgroups.entering(cgroup, inside(self.first, *command))
        )

    def _write(self, name, content):
        (self.config / name).write_text(json.dumps(content, indent=2) + "\n")

    def _copy(self, name, source):
        file = self.config / name
        file.touch(mode=0o600)
        file.write_bytes(source.read_bytes())

    def _cni(self):
        """Point to point, not a bridge.

        What a pod answers to another of its node passes by the rules of Services then, without a
        module of the kernel that takes bridged packets there.
        """
        return {
            "cniVersion": "0.4.0",
            "name": "pods",
            "plugins": [
                {
                    "type": "ptp",
                    "ipMasq": False,
                    "ipam": {
                        "type": "host-local",
                        "ranges": [[{"subnet": self.node.pods}]],
                        "routes": [{"dst": "0.0.0.0/0"}],
                    },
                },
                {"type": "portmap", "capabilities": {"portMappings": True}},
            ],
        }

    def _kubelet(self):
        return {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": self.node.address,
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True},
                "x509": {"clientCAFile": "/var/config/ca.crt"},
            },
            "authorization": {"mode": "Webhook"},
            "tlsCertFile": "/var/config/kubelet.crt",
            "tlsPrivateKeyFile": "/var/config/kubelet.key",
            "containerRuntimeEndpoint": f"unix://{_SOCKET}",
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{self.starting.place.cgroup}/{self.node.name}",
            "failCgroupV1": False,
            "failSwapOn": False,
            "clusterDomain": "cluster.local",
            "clusterDNS": [self.network.dns],
            "resolvConf": "",  # no name of elsewhere is known, as nothing elsewhere is reached
            "volumePluginDir": "/var/lib/kubelet/volume-plugins",
            # The machine's disk and memory are not the cluster's to judge, and images that are
            # removed cannot be pulled again.
            "evictionHard": {"memory.available": "50Mi", "nodefs.available": "1%"},
            "imageGCHighThresholdPercent": 100,
        }

    def _kube_proxy(self):
        return {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "nftables",
            "nftables": {"minSyncPeriod": "100ms"},  # a test waits for each change of a Service
            "hostnameOverride": self.node.name,
            "clusterCIDR": self.network.addresses.pods,
            "clientConnection": {"kubeconfig": "/var/config/kube-proxy.kubeconfig"},
            # Limits of the whole machine, which are not for a network namespace to set.
            "conntrack": {
                "maxPerCore": 0,
                "min": 0,
                "tcpEstablishedTimeout": "0s",
                "tcpCloseWaitTimeout": "0s",
            },
        }


def ctr(first, *arguments):
    """A command of containerd's own client in a node."""
    return inside(first, "ctr", f"--address={_SOCKET}", "--namespace=k8s.io", *arguments)


def _containerd():
    # An AppArmor profile would stay in the kernel; and whoever lacks CAP_SYS_RESOURCE may lower no
    # score for the out-of-memory killer.
    return f"""\
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "{_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{images.PAUSE}"
  disable_apparmor = true
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{cni_plugins()}"
    conf_dir = "/var/config/cni"
"""
