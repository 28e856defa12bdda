"""The directory of a cluster with nodes."""

import shutil

from controlplane.place import Place
from nodes import cgroups


class ClusterPlace(Place):
    """As that of a control plane, and in `nodes` each node's /var."""

    def __init__(self, directory):
        super().__init__(directory)
        self.nodes = self.directory / "nodes"
        self.addons = self.directory / "addons"
        self.network = self.directory / "network"
        self.cgroup = cgroups.name_of(self.directory)

    def forget_cluster(self):
        super().forget_cluster()
        self.network.unlink(missing_ok=True)
        for each in (self.nodes, self.addons):
            shutil.rmtree(each, ignore_errors=True)
