"""The servers of one machine: one gateway with its groups, and nginx in front of uWSGI.

All have PROCESSES times THREADS threads for the application of bench/apps/sleep.wsgi.
"""

from __future__ import annotations

import http.client
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .. import peers
from ..errors import BenchError
from ..processes import ServerProcess
from ..site import Site, free_ports
from ..targets import Target, kube_wsgi
from .load import Load
from .trace import Arrival

PROCESSES = 4
THREADS = 2
SLOTS = PROCESSES * THREADS
SCRIPT = "sleep.wsgi"
# Groups, and the paths of their aliases: one keeps every request, one as many as its queue may.
PATIENT = "patient"
LIMITED = "limited"
QUEUE_LENGTH = 400
QUEUE_SECONDS = 1.0
_START_SECONDS = 60.0
_OCCUPIED_SECONDS = 0.2
# Of uWSGI, as every request may wait; one more is a 502.
_BACKLOG = 1000
_PUT_BACK = "kubewsgi_group_requests_put_back_total{"


@dataclass(frozen=True)
class Server:
    """What is measured; peers have no `probes`, and are not overloaded."""

    title: str
    ports: Sequence[int]
    """Of each gateway."""
    processes: Sequence[ServerProcess]
    probes: Sequence[int] = ()
    """Where each gateway has its metrics."""
    api_server: str = ""
    """The version of the one that tells the gateways what to serve, if one does."""

    @property
    def ours(self) -> bool:
        return bool(self.probes)

    def put_back(self) -> int:
        """How many requests gateways were given back by workers whose threads were all busy."""
        return sum(map(_put_back, self.probes))

    def await_threads(self) -> None:
        """Return once each port gives its requests to all threads, or raise BenchError."""
        for path in (PATIENT, LIMITED) if self.ours else (PATIENT,):
            for port in self.ports:
                self._wait(lambda port=port, path=path: _answers(port, path), path)
                self._wait(lambda port=port, path=path: _threads(port, path) == SLOTS, path)

    def _wait(self, done: Callable[[], bool], path: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not done():
            for process in self.processes:
                process.check_alive()
            if time.monotonic() > deadline:
                logs = "\n".join(process.log_tail() for process in self.processes)
                raise BenchError(f"{self.title}: /{path} is not served by all threads:\n{logs}")
            time.sleep(0.1)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", f"/{path}?0")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _threads(port: int, path: str) -> int:
    """How many threads run as many requests as there should be threads, sent at once."""
    with Load([port], f"/{path}") as load:
        answers = load.run([Arrival(0.0, _OCCUPIED_SECONDS)] * SLOTS)
    return len({one.slot for one in answers if one.served})


ONE_GATEWAY = Target(
    "dispatch",
    "one gateway",
    lambda site: kube_wsgi(site.manifests / "dispatch", site),
    manifests="dispatch",
)


def _put_back(probes: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{probes}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return round(sum(float(one.split()[-1]) for one in lines if one.startswith(_PUT_BACK)))


@contextmanager
def one_gateway(scratch: Path) -> Iterator[Server]:
    """`kube-wsgi serve`, its group on the same machine."""
    site = _site(scratch, "one")
    probes = [site.admin_port]
    with _running(ONE_GATEWAY.title, ONE_GATEWAY.commands(site), site, probes) as server:
        yield server


@contextmanager
def nginx_one_uwsgi(scratch: Path) -> Iterator[Server]:
    """A uWSGI whose processes take connections from one socket, as mod_wsgi's do."""
    site = _site(scratch, "shared")
    commands = [
        peers.uwsgi(site, "all", PATIENT, SCRIPT, PROCESSES, THREADS, _BACKLOG),
        peers.nginx(site, {PATIENT: ["all"]}),
    ]
    with _running("nginx → uWSGI, one socket", commands, site) as server:
        yield server


@contextmanager
def nginx_many_uwsgis(scratch: Path) -> Iterator[Server]:
    """A uWSGI for each process, and connections dealt to them in turn, as to pods."""
    site = _site(scratch, "spread")
    names = [f"pod{number}" for number in range(PROCESSES)]
    commands = [
        *(peers.uwsgi(site, name, PATIENT, SCRIPT, 1, THREADS, _BACKLOG) for name in names),
        peers.nginx(site, {PATIENT: names}),
    ]
    title = f"nginx → {PROCESSES} uWSGIs in turn"
    with _running(title, commands, site) as server:
        yield server


def _site(scratch: Path, name: str) -> Site:
    folder = scratch / name
    folder.mkdir()
    return Site(folder, scratch / "apps", scratch / "manifests", *free_ports(2))


@contextmanager
def _running(
    title: str, commands: Sequence[list[str]], site: Site, probes: Sequence[int] = ()
) -> Iterator[Server]:
    with ExitStack() as running:
        processes = []
        for number, command in enumerate(commands):
            process = ServerProcess(command, site.folder / f"output-{number}.log", core=None)
            running.callback(process.stop)
            processes.append(process)
        server = Server(title, [site.port], processes, probes)
        server.await_threads()
        yield server
