"""A cluster's life: start, look, load images, end."""

import json
import subprocess

from controlplane import plane, processes
from controlplane.failure import Failure
from nodes import addons, cgroups, images, network, requirements
from nodes.namespaces import Namespaces
from nodes.programs import DAEMONS, PROXY, Programs, ctr, user_of
from nodes.remains import Remains

_BRIDGE = "network"


def start(place, bound):
    """Start a new, empty cluster in a directory, unless one runs there; returns when it is up.

    bound: whether it ends with this command
    """
    requirements.check()
    bin_directory = plane.built("components", "nodes")
    with place.locked():
        if plane.is_up(place):
            return
        _end(place)
        place.make()
        try:
            _Start(place, bin_directory, bound).run()
        except BaseException:
            _end(place)
            raise


def stop(place):
    """End what runs in a directory; its logs stay. Raises Failure if anything else does."""
    with place.locked():
        _end(place)


def restart(place, part, pause):
    """Kill a part, and start it again so many seconds later; the rest of the cluster goes on."""
    with place.locked():
        processes.restart(place, part, pause)


def load(place, archive):
    """Take the images of an archive, as `docker save` or an OCI tool writes it, into each node."""
    _check_up(place)
    if not archive.is_file():
        raise Failure(f"KW217 {archive} cannot be loaded: there is no such file.")
    _load(_first_processes(place), archive)


def tag(place, image, name):
    """Give an image of the nodes another name, beside the one that it has."""
    _check_up(place)
    for first in _first_processes(place):
        command = ctr(first, "images", "tag", "--force", image, name)
        tagged = subprocess.run(command, check=False, capture_output=True, text=True)
        if tagged.returncode:
            raise Failure(f"KW217 {image} cannot be named {name}:\n{tagged.stderr.strip()}")


def _check_up(place):
    if not plane.is_up(place):
        raise Failure(f"KW217 No cluster is up in {place.directory}: start one first.")


def _load(first_processes, archive):
    """Into all at the same time."""
    loading = []
    for first in first_processes:
        with archive.open("rb") as content:
            command = ctr(first, "images", "import", "-")
            loading.append(
                subprocess.Popen(
                    command, stdin=content, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
                )
            )
    complaints = [each.communicate()[1].decode().strip() for each in loading]
    if any(each.returncode for each in loading):
        raise Failure(f"KW217 {archive} cannot be loaded:\n" + "\n".join(complaints))


def _first_processes(place):
    return [each.pid for each in processes.recorded(place) if (place.nodes / each.name).is_dir()]


def _end(place):
    remains = Remains(place)
    processes.end(place)
    cgroups.remove(place.cgroup)
    place.forget_cluster()
    remains.check()


class _Start:
    """One start. What a node needs before there is an API server is started before it."""

    def __init__(self, place, bin_directory, bound):
        self.place = place
        self.bin = bin_directory
        self.bound = bound
        namespaces = Namespaces(place, bin_directory, bound)
        bridge = namespaces.hold_network(_BRIDGE)
        self.network = network.claim(bridge)
        place.network.write_text(f"{network.index_of(self.network.interface)}\n")
        self.control_plane = plane.Start(place, self._wishes(), bin_directory)
        self.programs = [self._make_node(namespaces, node) for node in self.network.nodes]
        cgroups.weigh(place.cgroup, len(self.programs))
        self.network.connect(bridge, self._first_processes())

    def _wishes(self):
        users = {user_of(node): "system:nodes" for node in self.network.nodes}
        return plane.Wishes(
            scheduler=True,
            bound=self.bound,
            addresses=self.network.addresses,
            users={**users, PROXY: ""},
        )

    def _make_node(self, namespaces, node):
        cgroups.make(f"{self.place.cgroup}/{node.name}/{DAEMONS}")
        var = self.place.nodes / node.name
        var.mkdir(parents=True)
        first = namespaces.hold_node(node.name, var)
        return Programs(self.control_plane, self.network, node, first, var)

    def _first_processes(self):
        return [each.first for each in self.programs]

    def run(self):
        for each in self.programs:
            self._start(each.containerd())
        self.control_plane.run()
        self._apply_nodes()
        for each in self.programs:
            self._start(each.kubelet())
            self._start(each.kube_proxy())
        self._load_images()
        addons.write(self.place.addons, self.network)
        self.control_plane.apply(self.place.addons)
        self._wait_until_up()
        plane.describe(self.place, self.bin, self._about())

    def _start(self, part):
        processes.start(self.place, part, self.bound)

    def _apply_nodes(self):
        """With the ranges of pods that the network has routes to."""
        items = [_node_object(node) for node in self.network.nodes]
        file = self.place.nodes / "nodes.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        self.control_plane.apply(file)

    def _load_images(self):
        for each in self.programs:
            part = f"{each.node.name}-containerd"
            self._wait_for(each.has_containerd, part, "it has no socket")
        _load(self._first_processes(), images.archive(self.bin))

    def _wait_until_up(self):
        api = self.control_plane.api
        for node in self.network.nodes:
            self._wait_for(
                lambda name=node.name: api.is_node_ready(name),
                f"{node.name}-kubelet",
                f"{node.name} is not Ready",
            )
        self._wait_for_addon(lambda: addons.has_dns(api), "there is no DNS of the cluster")
        self._wait_for_addon(
            lambda: addons.has_metrics(api, self.network.nodes), "there are no metrics of the nodes"
        )

    def _wait_for_addon(self, condition, complaint):
        try:
            self._wait_for(condition, "kube-controller-manager", complaint)
        except Failure as failure:
            kubectl = [self.bin / "kubectl", f"--kubeconfig={self.place.kubeconfig}"]
            raise Failure(f"{failure}\n{addons.pods_and_logs(kubectl)}") from failure

    def _wait_for(self, condition, part, complaint):
        plane.wait_for(self.place, condition, part, complaint)

    def _about(self):
        version = self.control_plane.api.version()
        nodes = " and ".join(f"{node.name} ({node.address})" for node in self.network.nodes)
        return (
            f"Kubernetes {version} (this project's own, on this machine) with {nodes};"
            f" Services in {self.network.services}"
        )


def _node_object(node):
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node.name},
        "spec": {"podCIDR": node.pods, "podCIDRs": [node.pods]},
    }
