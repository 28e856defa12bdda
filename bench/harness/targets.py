"""The servers that are compared: how each is configured and started."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from . import procfs
from .errors import BenchError
from .processes import ServerProcess, environment
from .templates import write_filled
from .workloads import WORKLOADS, Workload

BENCH = Path(__file__).resolve().parent.parent
REPOSITORY = BENCH.parent
KUBE_WSGI = REPOSITORY / "bin" / "kube-wsgi"
CONFIGS = BENCH / "configs"
APACHE_MODULES = Path("/usr/lib/apache2/modules")
# Debian's nobody-like account of web servers; only root can and must change to it.
WEB_USER = "www-data"
BUILD_TIMEOUT_SECONDS = 900.0
UWSGI_BACKLOG = 100  # its default


def free_ports(count: int) -> list[int]:
    """Return loopback ports that nothing listens on at this moment."""
    with ExitStack() as sockets:
        bound = [sockets.enter_context(socket.socket()) for _ in range(count)]
        for one in bound:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in bound]


@dataclass(frozen=True)
class Site:
    """Where one server lives: its own scratch folder, the applications, its loopback ports."""

    folder: Path
    apps: Path
    manifests: Path
    port: int
    admin_port: int


@dataclass(frozen=True)
class Target:
    """A server that can be measured.

    `commands` writes what the server needs into the site's folder and returns its commands.
    `worker_title` is the process title of the worker that runs an application, if it has one;
    `manifests` is the folder that kube-wsgi serves, None for the others.
    """

    key: str
    title: str
    commands: Callable[[Site], list[list[str]]]
    worker_title: str | None = None
    manifests: str | None = None

    @property
    def ours(self) -> bool:
        return self.manifests is not None

    def unavailable(self) -> str | None:
        """Return why this target cannot run here, or None."""
        if self.ours and not KUBE_WSGI.exists():
            return f"{KUBE_WSGI.relative_to(REPOSITORY)} is not there"
        return None

    def build(self) -> None:
        """Let kube-wsgi check its manifests, which builds it first when that is needed."""
        if self.manifests is None:
            return
        command = [str(KUBE_WSGI), "check", str(BENCH / "manifests" / self.manifests)]
        check = subprocess.run(
            command,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BUILD_TIMEOUT_SECONDS,
            check=False,
        )
        if check.returncode != 0:
            raise BenchError(f"`kube-wsgi check` exited with {check.returncode}:\n{check.stdout}")


def _apache(site: Site, aliases: str) -> list[list[str]]:
    config = write_filled(
        CONFIGS / "apache.conf",
        site.folder / "apache.conf",
        {
            "site": site.folder,
            "apps": site.apps,
            "port": site.port,
            "modules": APACHE_MODULES,
            "aliases": aliases,
        },
    )
    # By its path, because mod_wsgi cuts a daemon's title to the length of this word.
    return [["/usr/sbin/apache2", "-f", str(config), "-DFOREGROUND"]]


def mod_wsgi_embedded(site: Site) -> list[list[str]]:
    """Each application in a sub-interpreter of every Apache child: mod_wsgi's default."""
    return _apache(
        site,
        "\n".join(f"WSGIScriptAlias /{load.key} {site.apps / load.script}" for load in WORKLOADS),
    )


def mod_wsgi_daemon(site: Site) -> list[list[str]]:
    """Each application in the main interpreter of a daemon process of its own."""
    return _apache(
        site,
        "\n".join(
            f"WSGIDaemonProcess {load.key} processes=1 threads=15 display-name=%{{GROUP}}\n"
            f"WSGIScriptAlias /{load.key} {site.apps / load.script} "
            f"process-group={load.key} application-group=%{{GLOBAL}}"
            for load in WORKLOADS
        ),
    )


def nginx_uwsgi(site: Site) -> list[list[str]]:
    """nginx in front of one uWSGI process for each application, over Unix sockets."""
    commands = [
        uwsgi(site, load.key, load.key, load.script, processes=1, threads=15) for load in WORKLOADS
    ]
    return [*commands, nginx(site, {load.key: [load.key] for load in WORKLOADS})]


def uwsgi(
    site: Site,
    name: str,
    application: str,
    script: str,
    processes: int,
    threads: int,
    backlog: int = UWSGI_BACKLOG,
) -> list[str]:
    """One uWSGI, of a name that no other of the site has, for one application.

    backlog: how many connections may wait for a thread
    """
    root = os.geteuid() == 0
    if root:  # it makes its socket after it has changed to this account
        shutil.chown(site.folder, WEB_USER)
    config = write_filled(
        CONFIGS / "uwsgi.ini",
        site.folder / f"uwsgi-{name}.ini",
        {
            "site": site.folder,
            "apps": site.apps,
            "name": name,
            "application": application,
            "script": script,
            "processes": processes,
            "threads": threads,
            "backlog": backlog,
            "identity": f"uid = {WEB_USER}\ngid = {WEB_USER}" if root else "",
        },
    )
    return ["uwsgi", "--ini", str(config)]


def nginx(site: Site, applications: Mapping[str, Sequence[str]]) -> list[str]:
    """nginx in front of the site's uWSGIs: for each application the names of those that have it."""
    upstreams = []
    locations = []
    for application, names in applications.items():
        servers = [f"    server unix:{site.folder}/uwsgi-{name}.sock;" for name in names]
        upstreams += [f"  upstream {application} {{", *servers, "  }"]
        locations += [
            f"    location /{application} {{",
            "      include /etc/nginx/uwsgi_params;",
            f"      uwsgi_pass {application};",
            "    }",
        ]
    config = write_filled(
        CONFIGS / "nginx.conf",
        site.folder / "nginx.conf",
        {
            "site": site.folder,
            "port": site.port,
            "upstreams": "\n".join(upstreams),
            "locations": "\n".join(locations),
        },
    )
    user = ["-g", f"user {WEB_USER};"] if os.geteuid() == 0 else []
    return ["nginx", "-p", str(site.folder), "-c", str(config), *user]


def kube_wsgi(manifests: Path, site: Site) -> list[list[str]]:
    """kube-wsgi as its users start it."""
    ports = ["--port", str(site.port), "--admin-port", str(site.admin_port)]
    return [[str(KUBE_WSGI), "serve", str(manifests), *ports]]


MOD_WSGI_EMBEDDED = Target("mod_wsgi-embedded", "mod_wsgi embedded", mod_wsgi_embedded)
MOD_WSGI_DAEMON = Target(
    "mod_wsgi-daemon", "mod_wsgi daemon", mod_wsgi_daemon, worker_title="(wsgi:{key})"
)
NGINX_UWSGI = Target("nginx-uwsgi", "nginx → uWSGI", nginx_uwsgi)
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
TARGETS = (
    MOD_WSGI_EMBEDDED,
    MOD_WSGI_DAEMON,
    NGINX_UWSGI,
    KUBE_WSGI_EMBEDDED,
    KUBE_WSGI_DAEMON,
)


class Running:
    """A started target; `stop` ends every process it began."""

    def __init__(self, target: Target, site: Site, core: int):
        self.target = target
        self.port = site.port
        self._processes: list[ServerProcess] = []
        try:
            for number, command in enumerate(target.commands(site)):
                log = site.folder / f"output-{number}.log"
                self._processes.append(ServerProcess(command, log, core))
        except BaseException:
            self.stop()
            raise

    def wait_until_valid(self, workloads: Sequence[Workload], timeout: float) -> None:
        """Return once every workload gets the expected bytes; raise after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        for workload in workloads:
            while (fault := workload.fault_at(self.port)) is not None:
                self._check_alive()
                if time.monotonic() > deadline:
                    raise BenchError(self._complaint(workload, fault))
                time.sleep(0.1)

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

    def java(self) -> Path | None:
        """Return the executable of the target's JVM, if it has one."""
        executables = (procfs.executable(one.pid) for one in self.processes())
        return next((one for one in executables if one and one.name == "java"), None)

    def stop(self) -> None:
        for process in self._processes:
            process.stop()

    def _check_alive(self) -> None:
        for process in self._processes:
            process.check_alive()

    def _complaint(self, workload: Workload, fault: str) -> str:
        logs = "\n".join(process.log_tail() for process in self._processes)
        return f"{self.target.title} does not answer {workload.path}: {fault}\n{logs}"
