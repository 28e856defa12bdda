"""How each part is called. Everything listens on this machine's own addresses alone."""

import dataclasses
import socket
import typing

from controlplane.trust import AGGREGATOR

# Idle without nodes, and each costs memory and requests.
_FOR_NODES = (
    "persistentvolume-attach-detach-controller",
    "persistentvolume-expander-controller",
    "taint-eviction-controller",
    "device-taint-eviction-controller",
    "ttl-controller",
)
ALL_BUT_FOR_NODES = ",".join(("*", *(f"-{name}" for name in _FOR_NODES)))

# Each request that may change something or may be refused. What the control plane's own parts read
# is nearly all of the rest.
AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
- level: None
  users: [system:apiserver, system:kube-controller-manager, system:kube-scheduler]
  verbs: [get, list, watch]
- level: None
  userGroups: ["system:serviceaccounts:kube-system"]
  verbs: [get, list, watch]
- level: None
  nonResourceURLs: ["/*"]
- level: Metadata
"""


@dataclasses.dataclass(frozen=True)
class Addresses:
    """Where the API server listens, and the ranges of its cluster.

    They are of the range for benchmarks, 198.18.0.0/15: no network of a machine's own.

    pods: None without nodes
    """

    api_server: str = "127.0.0.1"
    services: str = "198.19.0.0/16"
    first_service: str = "198.19.0.1"
    pods: typing.Optional[str] = None


@dataclasses.dataclass(frozen=True)
class Part:
    """A part and the command that runs it."""

    name: str
    command: list


class Ports:
    """Ports that are free now. All are held until each has been chosen, so that they differ."""

    def __init__(self, api_server=0):
        with socket.socket() as a, socket.socket() as b, socket.socket() as c:
            for each in (a, b, c):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                each.bind(("127.0.0.1", 0))
            self.api_server = api_server or a.getsockname()[1]
            self.etcd = b.getsockname()[1]
            self.etcd_peers = c.getsockname()[1]


def etcd(bin_directory, place, ports):
    clients, peers = (f"http://127.0.0.1:{port}" for port in (ports.etcd, ports.etcd_peers))
    return Part(
        "etcd",
        [
            bin_directory / "etcd",
            f"--data-dir={place.data}",
            "--name=tests",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=tests={peers}",
            "--unsafe-no-fsync",
            "--log-level=warn",
        ],
    )


def api_server(bin_directory, place, trust, ports, addresses, with_accounts):
    """kube-apiserver.

    with_accounts: ServiceAccounts are made, so a pod must have one.
    """
    policy = place.directory / "audit-policy.yaml"
    policy.write_text(AUDIT_POLICY)
    return Part(
        "kube-apiserver",
        [
            bin_directory / "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{ports.etcd}",
            f"--bind-address={addresses.api_server}",
            f"--secure-port={ports.api_server}",
            f"--advertise-address={addresses.api_server}",
            f"--service-cluster-ip-range={addresses.services}",
            f"--tls-cert-file={trust.server.certificate}",
            f"--tls-private-key-file={trust.server.key}",
            f"--client-ca-file={trust.authority}",
            f"--token-auth-file={trust.tokens}",
            "--authorization-mode=Node,RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-signing-key-file={trust.accounts_key}",
            f"--service-account-key-file={trust.accounts_public_key}",
            f"--audit-policy-file={policy}",
            f"--audit-log-path={place.audit_log}",
            "--audit-log-mode=blocking",
            "--audit-log-maxsize=2000",  # megabytes: a test reads one file
            "--allow-privileged=true",
            "--profiling=false",
            *([] if with_accounts else ["--disable-admission-plugins=ServiceAccount"]),
            *(_with_nodes(trust) if addresses.pods else _without_nodes()),
        ],
    )


def _without_nodes():
    return ["--endpoint-reconciler-type=none"]  # no pod could reach a loopback address


def _with_nodes(trust):
    """It calls kubelets, and API servers that are pods: each knows it by a certificate."""
    return [
        "--kubelet-preferred-address-types=InternalIP",
        f"--kubelet-certificate-authority={trust.authority}",
        f"--kubelet-client-certificate={trust.kubelets_client.certificate}",
        f"--kubelet-client-key={trust.kubelets_client.key}",
        "--enable-aggregator-routing=true",
        f"--requestheader-client-ca-file={trust.authority}",
        f"--requestheader-allowed-names={AGGREGATOR}",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={trust.aggregator.certificate}",
        f"--proxy-client-key-file={trust.aggregator.key}",
    ]


def controller_manager(bin_directory, place, trust, addresses, kubeconfig, controllers):
    ranges = [f"--cluster-cidr={addresses.pods}", "--allocate-node-cidrs=true"]
    return Part(
        "kube-controller-manager",
        [
            bin_directory / "kube-controller-manager",
            f"--kubeconfig={kubeconfig}",
            f"--controllers={controllers}",
            "--use-service-account-credentials=true",
            f"--root-ca-file={trust.authority}",
            f"--service-account-private-key-file={trust.accounts_key}",
            "--leader-elect=false",
            "--secure-port=0",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
            "--horizontal-pod-autoscaler-sync-period=1s",
            "--resource-quota-sync-period=5s",
            "--profiling=false",
            *(ranges if addresses.pods else []),
        ],
    )


def scheduler(bin_directory, kubeconfig):
    return Part(
        "kube-scheduler",
        [
            bin_directory / "kube-scheduler",
            f"--kubeconfig={kubeconfig}",
            "--leader-elect=false",
            "--secure-port=0",
            "--profiling=false",
        ],
    )
