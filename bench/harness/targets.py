"""The servers that are compared, and one of them while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from . import peers, procfs
from .paths import BENCH, KUBE_WSGI
from .processes import ServerProcess, run_to_its_end, wait_until_valid
from .site import Site
from .workloads import DJANGO, ECHO, HELLO, WORKLOADS, Workload

BUILD_TIMEOUT_SECONDS = 900.0


@dataclass(frozen=True)
class Target:
    """A server that can be measured.

    `commands` writes what the server needs into the site's folder and returns its commands.
    `worker_title` is the process title of the worker that runs an application, if it has one;
    `manifests` is the folder that kube-wsgi serves, None for the others; `workloads` are those it
    is measured with; `answers` are requests that it gets in place of a workload's own; `port_each`:
    it serves one application, so that each has a server and a port.
    """

    key: str
    title: str
    commands: Callable[[Site], list[list[str]]]
    worker_title: str | None = None
    manifests: str | None = None
    workloads: tuple[Workload, ...] = WORKLOADS
    answers: Mapping[str, Workload] = field(default_factory=dict)
    port_each: bool = False

    def serves(self, workload: Workload) -> bool:
        return workload in self.workloads

    def request(self, workload: Workload) -> Workload:
        """Return what is sent to this target for a workload, and what must come back."""
        return self.answers.get(workload.key, workload)

    @property
    def ours(self) -> bool:
        return self.manifests is not None

    def build(self) -> None:
        """Build what is measured, where it is ours."""
        if self.manifests is not None:
            build(self.manifests)


def build(manifests: str) -> None:
    """Let kube-wsgi check a folder of bench/manifests, which builds it first if that is needed."""
    command = [str(KUBE_WSGI), "check", str(BENCH / "manifests" / manifests)]
    run_to_its_end(command, BUILD_TIMEOUT_SECONDS)


def kube_wsgi(manifests: Path, site: Site) -> list[list[str]]:
    """kube-wsgi as its users start it."""
    ports = ["--port", str(site.port), "--admin-port", str(site.admin_port)]
    return [[str(KUBE_WSGI), "serve", str(manifests), *ports]]


MOD_WSGI_EMBEDDED = Target("mod_wsgi-embedded", "mod_wsgi embedded", peers.mod_wsgi_embedded)
MOD_WSGI_DAEMON = Target(
    "mod_wsgi-daemon", "mod_wsgi daemon", peers.mod_wsgi_daemon, worker_title="(wsgi:{key})"
)
NGINX_UWSGI = Target("nginx-uwsgi", "nginx → uWSGI", peers.nginx_uwsgi)
NGINX_GUNICORN = Target("nginx-gunicorn", "nginx → gunicorn", peers.nginx_gunicorn)
# What has no server in front streams as the one that has: three workloads tell enough of it.
PLAIN = (HELLO, ECHO, DJANGO)
GUNICORN = Target("gunicorn", "gunicorn", peers.gunicorn, workloads=PLAIN, port_each=True)
WAITRESS = Target("waitress", "waitress", peers.waitress, workloads=PLAIN, port_each=True)
GRANIAN = Target("granian", "granian", peers.granian, workloads=PLAIN, port_each=True)
KUBE_WSGI_EMBEDDED = Target(
    "kube-wsgi-embedded",
    "kube-wsgi embedded",
    lambda site: kube_wsgi(site.manifests / "embedded", site),
    manifests="embedded",
)
KUBE_WSGI_DAEMON = Target(
    "kube-wsgi-daemon",
    "kube-wsgi daemon",
    lambda site: kube_wsgi(site.manifests / "daemon", site),
    worker_title="(wsgi:{key})",
    manifests="daemon",
)
GATEWAY_ALONE = Target(
    "kube-wsgi-alone",
    "kube-wsgi without Python",
    lambda site: kube_wsgi(site.manifests / "alone", site),
    manifests="alone",
    workloads=(HELLO,),
    answers={HELLO.key: replace(HELLO, status=404)},
)
# Whose ratio is a goal are neighbours, as they are measured in this order.
TARGETS = (
    MOD_WSGI_EMBEDDED,
    KUBE_WSGI_EMBEDDED,
    GATEWAY_ALONE,
    NGINX_UWSGI,
    KUBE_WSGI_DAEMON,
    MOD_WSGI_DAEMON,
    NGINX_GUNICORN,
    GUNICORN,
    WAITRESS,
    GRANIAN,
)


class Running:
    """A started target; `stop` ends every process it began."""

    def __init__(self, target: Target, site: Site, core: int):
        self.target = target
        self._site = site
        self._processes: list[ServerProcess] = []
        try:
            for number, command in enumerate(target.commands(site)):
                log = site.folder / f"output-{number}.log"
                self._processes.append(ServerProcess(command, log, core))
        except BaseException:
            self.stop()
            raise

    def port(self, workload: Workload) -> int:
        return self._site.ports.get(workload.key, self._site.port)

    def fault(self, workload: Workload) -> str | None:
        """Send a workload's request once; return what is wrong with the answer."""
        return self.target.request(workload).fault_at(self.port(workload))

    def wait_until_valid(self, workloads: Sequence[Workload], timeout: float) -> None:
        """Return once every workload gets the expected bytes; raise after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        for workload in filter(self.target.serves, workloads):
            wait_until_valid(partial(self._complaint, workload), self._processes, deadline)

    def processes(self) -> list[procfs.Stat]:
        return [member for process in self._processes for member in process.tree()]

    def cpu_ticks(self) -> int:
        return sum(member.cpu_ticks for member in self.processes())

    def memory(self) -> procfs.Memory:
        """Return the memory of all the target's processes."""
        members = (procfs.memory(member.pid) for member in self.processes())
        return sum(members, procfs.NO_MEMORY)

    def worker_memory(self, workload: Workload) -> procfs.Memory | None:
        """Return the memory of the one process that runs `workload`, if it can be told."""
        if self.target.worker_title is None:
            return None
        title = self.target.worker_title.format(key=workload.key)
        group = [one for one in self.processes() if procfs.title(one.pid) == title]
        # A supervisor has its workers' title, and is told apart by having them as children.
        parents = {one.parent for one in group}
        workers = [one for one in group if one.pid not in parents]
        return procfs.memory(workers[0].pid) if len(workers) == 1 else None

    def stop(self) -> None:
        for process in self._processes:
            process.stop()

    def _complaint(self, workload: Workload) -> str | None:
        fault = self.fault(workload)
        return fault and f"{self.target.title} does not answer {workload.path}: {fault}"
