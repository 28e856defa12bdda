"""A cluster whose pods run, with the images and the chart in it."""

from __future__ import annotations

from pathlib import Path

from ..targets import REPOSITORY
from .api import Api
from .plane import RELEASE, run

_CLUSTER = REPOSITORY / "src/test/cluster"


class Nodes:
    """This machine's own cluster with two nodes; needs root."""

    def __init__(self, directory: Path):
        self.directory = directory / "nodes"
        self.bin = Path(run([str(_CLUSTER / "build"), "components", "helm4"]).splitlines()[-1])

    def __enter__(self) -> Nodes:
        images = run([str(REPOSITORY / "tools/images")]).splitlines()
        cluster = str(_CLUSTER / "cluster")
        run([cluster, "start", str(self.directory)])
        self.kubeconfig = self.directory / "kubeconfig"
        self.api = Api(self.kubeconfig)
        for archive in images:
            run([cluster, "load", str(self.directory), archive])
        helm = [str(self.bin / "helm4"), f"--kubeconfig={self.kubeconfig}", "install", RELEASE]
        chart = [str(REPOSITORY / "helm/kube-wsgi"), f"--namespace={RELEASE}", "--create-namespace"]
        run([*helm, *chart, "--wait"])
        return self

    def __exit__(self, *_: object) -> None:
        run([str(_CLUSTER / "cluster"), "stop", str(self.directory)])

    @property
    def version(self) -> str:
        return self.api.get("/version")["gitVersion"]

    def kubectl(self, *arguments: str) -> str:
        return run([str(self.bin / "kubectl"), f"--kubeconfig={self.kubeconfig}", *arguments])
