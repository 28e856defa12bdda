"""The network of a cluster: a bridge that connects this machine and the nodes.

It is in a network namespace of its own.

On this machine there is one interface, with routes to the cluster's addresses, and no rule of a
firewall. The kernel removes all of it when the last process of the namespaces has ended.
"""

import dataclasses
import subprocess
from pathlib import Path

from controlplane.failure import Failure
from controlplane.parts import Addresses

_NETWORKS = 16  # on a machine at the same time
_OURS = "198.18.0.0/15"  # the range for benchmarks: no network of a machine's own
_UPLINK, _BRIDGE = "uplink", "bridge"


@dataclasses.dataclass(frozen=True)
class Node:
    """A node's name, address, and range of pods."""

    name: str
    address: str
    pods: str


class Network:
    """The addresses of the cluster with this number on this machine, from 0.

    They are that sixteenth of 198.18.0.0/16, in which this machine has .0.1, nodes have .0.11 and
    on, and pods .8.0 and on; and that sixteenth of 198.19.0.0/16 for Services.
    """

    def __init__(self, number):
        third = 16 * number
        self.interface = f"kube-wsgi-{number}"
        self.machine = f"198.18.{third}.1"
        self.services = f"198.19.{third}.0/20"
        self.dns = f"198.19.{third}.10"
        self.addresses = Addresses(
            api_server=self.machine,
            services=self.services,
            first_service=f"198.19.{third}.1",
            pods=f"198.18.{third + 8}.0/21",
        )
        self.nodes = tuple(
            Node(f"node-{one}", f"198.18.{third}.{10 + one}", f"198.18.{third + 7 + one}.0/24")
            for one in (1, 2)
        )

    def connect(self, bridge, node_processes):
        """Connect this machine and the nodes.

        bridge: a process in the bridge's network namespace
        node_processes: one in each node's, in the order of the nodes
        """
        self._make_bridge(bridge)
        for node, process in zip(self.nodes, node_processes):
            _ip(
                bridge,
                f"link add {node.name} type veth peer name eth0 netns {process}",
                f"link set {node.name} master {_BRIDGE} up",
            )
            self._set_up_node(node, process)
        self._set_up_machine()

    def _make_bridge(self, process):
        _ip(
            process,
            f"link add {_BRIDGE} type bridge",
            f"link set {_BRIDGE} up",
            f"link set {_UPLINK} master {_BRIDGE} up",
        )

    def _set_up_node(self, node, process):
        _ip(
            process,
            "link set lo up",
            f"address add {node.address}/24 dev eth0",
            "link set eth0 up",
            f"route add {_OURS} via {self.machine}",  # of Services too, which are translated later
            "route add prohibit default",  # what is for elsewhere fails at once
            *(
                f"route add {other.pods} via {other.address}"
                for other in self.nodes
                if other is not node
            ),
        )
        _run(process, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")

    def _set_up_machine(self):
        _ip(
            None,
            f"address add {self.machine}/24 dev {self.interface}",
            f"link set {self.interface} up",
            *(f"route add {node.pods} via {node.address}" for node in self.nodes),
            # Its kube-proxy translates, for this machine as for its own pods.
            f"route add {self.services} via {self.nodes[0].address}",
        )


def claim(bridge):
    """A network that no other cluster of this machine has: to make its interface is to take it.

    bridge: a process in the bridge's network namespace
    """
    for number in range(_NETWORKS):
        network = Network(number)
        if index_of(network.interface) is not None:
            continue
        try:
            _ip(
                None,
                f"link add {network.interface} type veth peer name {_UPLINK} netns {bridge}",
            )
            return network
        except Failure:
            if index_of(network.interface) is None:  # nobody else was faster
                raise
    raise Failure(
        f"KW217 {_NETWORKS} clusters run on this machine already, and there are addresses for no"
        " more.\n      End one: 'pgrep -af kube-apiserver' shows their directories."
    )


def index_of(interface):
    """The number that the kernel gave an interface, and gives no other; None if there is none."""
    try:
        return int(Path("/sys/class/net", interface, "ifindex").read_text())
    except OSError:
        return None


def interfaces_of(index):
    """The names of this machine's interfaces of that number: one or none."""
    names = [each.name for each in Path("/sys/class/net").iterdir()]
    return [name for name in names if index is not None and index_of(name) == index]


def _ip(process, *commands):
    """Commands of ip(8), in a process's network namespace or here."""
    _run(process, "ip", "-batch", "-", given="\n".join(commands))


def _run(process, *command, given=""):
    entered = ["nsenter", f"--target={process}", "--net"] if process else []
    done = subprocess.run(
        [*entered, *command], input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failure(
            f"KW217 The cluster's network cannot be made. '{' '.join([*entered, *command])}'"
            f" failed:\n{done.stderr.strip()}\n{given}"
        )
