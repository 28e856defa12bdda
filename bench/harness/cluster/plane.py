"""The API server of a run, and our programs beside it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from .. import procfs
from ..errors import BenchError
from ..paths import REPOSITORY
from ..processes import ServerProcess, environment
from .api import Api

RELEASE = "kube-wsgi"
_CLUSTER = REPOSITORY / "src/test/cluster"
_WRITES = {"create", "update", "patch", "delete", "deletecollection"}


class Kubernetes:
    """A cluster of the tests' for as long as a run, with the chart installed.

    program: of src/test/cluster, which starts and stops it
    helm: options of the installation
    """

    program = ""
    helm: tuple[str, ...] = ()

    def __init__(self, directory: Path):
        self.directory = directory / self.program
        self.kubeconfig = self.directory / "kubeconfig"
        self.bin = Path(run([str(_CLUSTER / "build"), "components", "helm4"]).splitlines()[-1])

    def __enter__(self) -> Kubernetes:
        try:
            self.command("start")
            self.api = Api(self.kubeconfig)
            self.prepare()
            self._install()
        except BaseException:
            self.command("stop")
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.command("stop")

    def command(self, name: str, *arguments: str) -> None:
        """Call its program."""
        run([str(_CLUSTER / self.program), name, str(self.directory), *arguments])

    def prepare(self) -> None:
        """Bring about what the chart needs."""

    @property
    def version(self) -> str:
        return self.api.get("/version")["gitVersion"]

    def _install(self) -> None:
        run(
            [
                *(str(self.bin / "helm4"), f"--kubeconfig={self.kubeconfig}", "install", RELEASE),
                *(str(REPOSITORY / "helm/kube-wsgi"), f"--namespace={RELEASE}"),
                *("--create-namespace", *self.helm),
            ]
        )


class Plane(Kubernetes):
    """A control plane without nodes, with the chart installed: its CRDs, and its RBAC."""

    program = "control-plane"

    def kubeconfig_of(self, namespace: str, account: str) -> Path:
        """A kubeconfig for a ServiceAccount, with exactly its rights."""
        accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        asked = self.api.create(
            f"{accounts}/{account}/token", {"spec": {"expirationSeconds": 7200}}
        )
        content = json.loads(self.kubeconfig.read_text())
        content["users"][0]["user"]["token"] = asked["status"]["token"]
        content["contexts"][0]["context"]["namespace"] = namespace
        file = self.directory / f"{account}.kubeconfig"
        file.touch(mode=0o600)
        file.write_text(json.dumps(content))
        return file

    def writes_of_operator(self, seconds: float) -> list[str]:
        """What the operator writes from now on for so long, its lease apart: it says it lives."""
        log = self.directory / "audit.log"
        begin = log.stat().st_size
        time.sleep(seconds)
        with log.open("rb") as file:
            file.seek(begin)
            events = [json.loads(line) for line in file if line.endswith(b"\n")]
        return [f"{one['verb']} {one['requestURI']}" for one in events if _is_write(one)]


def _is_write(event: dict[str, Any]) -> bool:
    user = event["user"]["username"]
    return (
        user.startswith(f"system:serviceaccount:{RELEASE}:")
        and event["verb"] in _WRITES
        and event.get("objectRef", {}).get("resource") != "leases"
    )


class Program:
    """One of our programs, against the API server."""

    def __init__(self, command: list[str], kubeconfig: Path, log: Path, **variables: str):
        named = [f"{name}={value}" for name, value in variables.items()]
        self._process = ServerProcess(
            ["env", f"KUBECONFIG={kubeconfig}", *named, *command], log, core=None
        )

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    def check_alive(self) -> None:
        self._process.check_alive()

    def rss(self) -> int:
        """Bytes that its processes hold in memory now."""
        return sum(self._field("VmRSS", one.pid) for one in self._process.tree())

    def peak(self) -> str:
        """The most that it has held."""
        most = sum(self._field("VmHWM", one.pid) for one in self._process.tree())
        return f"peak {most / 2**20:.0f} MiB"

    @staticmethod
    def _field(name: str, pid: int) -> int:
        if procfs.stat(pid) is None:
            return 0
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
        return 0


def run(command: list[str]) -> str:
    """Run a command to its end; returns its standard output. Raises BenchError if it fails."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**environment(), "PATH": os.environ["PATH"]},  # Go is where its user put it
    )
    if done.returncode:
        raise BenchError(
            f"{' '.join(command)} exited with {done.returncode}:\n{done.stderr[-2000:]}"
        )
    return done.stdout
