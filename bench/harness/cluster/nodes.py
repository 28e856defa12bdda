"""A cluster whose pods run, with the images and the chart in it."""

from __future__ import annotations

from ..paths import REPOSITORY
from .plane import Kubernetes, run


class Nodes(Kubernetes):
    """This machine's own cluster with two nodes; needs root."""

    program = "cluster"
    helm = ("--wait",)

    def prepare(self) -> None:
        for archive in run([str(REPOSITORY / "tools/images")]).splitlines():
            self.command("load", archive)

    def kubectl(self, *arguments: str) -> str:
        return run([str(self.bin / "kubectl"), f"--kubeconfig={self.kubeconfig}", *arguments])
