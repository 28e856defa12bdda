"""The part `memory`: a hundred Flask applications in one daemon group, and one gunicorn for each.

Each application is a file of its own. All are asked once, so that all are loaded, and then the
proportional memory (PSS) of all processes is added up, the gateway's among them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from . import procfs, pypi
from .command import say
from .processes import ServerProcess, wait_until_valid
from .site import Site, free_ports
from .summary import Outcome
from .targets import build, kube_wsgi
from .workloads import Workload

RATIO_GOAL = 0.2
# All start at once, on two cores.
_START_SECONDS = 300.0

APPLICATION = '''\
"""Application %(number)d of many: a view, a template and a blueprint, as small Flask sites have."""

from flask import Blueprint, Flask, render_template_string

pages = Blueprint("pages", __name__)


@pages.get("/")
def show():
    return render_template_string("application {{ number }}\\n", number=%(number)d)


application = Flask(__name__)
application.register_blueprint(pages)
'''
GATEWAY = """\
apiVersion: kubewsgi.dev/v1alpha1
kind: WsgiGateway
metadata: {name: main}
spec:
  listeners: [{name: http, port: 8000}]
---
apiVersion: kubewsgi.dev/v1alpha1
kind: DaemonGroup
metadata: {name: flask}
spec:
  processes: 1
  threads: %(threads)d
  python: {home: %(home)s}
"""
ALIAS = """\
---
apiVersion: kubewsgi.dev/v1alpha1
kind: ScriptAlias
metadata: {name: app-%(number)d}
spec:
  path: /app-%(number)d
  script: %(script)s
  processGroup: flask
  applicationGroup: '%(interpreter)s'
"""
# How aliases of one group may be arranged; the goal is of the first.
ARRANGEMENTS = {
    "shared": ("in one group, one interpreter", "all"),
    "each": ("in one group, a process each", "%{RESOURCE}"),
}


def measure(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Start each arrangement alone, and return its memory."""
    pypi.ensure_installed()
    build("daemon")
    scripts = write_applications(scratch / "applications", options.applications)
    found = {}
    for key, (title, interpreter) in ARRANGEMENTS.items():
        command, ports = _group(scratch / key, scripts, interpreter)
        found[key] = {"title": f"kube-wsgi, {title}", **_weighed(key, [command], ports, scratch)}
    commands, ports = _gunicorns(scripts)
    peer = _weighed("gunicorn", commands, ports, scratch)
    found["gunicorn"] = {"title": "a gunicorn each", **peer}
    return {
        "settings": {"applications": options.applications, "threads": pypi.THREADS},
        "outcomes": [one.as_json() for one in outcomes(found, options.applications)],
        "servers": found,
    }


def write_applications(folder: Path, count: int) -> list[Path]:
    """Write the applications, each a file."""
    folder.mkdir()
    scripts = [folder / f"app_{number}.py" for number in range(count)]
    for number, script in enumerate(scripts):
        script.write_text(APPLICATION % {"number": number})
    return scripts


def manifests(scripts: Sequence[Path], interpreter: str) -> str:
    """Return a gateway with one group that has all of the applications."""
    head = GATEWAY % {"threads": pypi.THREADS, "home": pypi.VENV}
    return head + "".join(
        ALIAS % {"number": number, "script": script, "interpreter": interpreter}
        for number, script in enumerate(scripts)
    )


def _group(
    folder: Path, scripts: Sequence[Path], interpreter: str
) -> tuple[list[str], Sequence[int]]:
    folder.mkdir()
    (folder / "manifests.yaml").write_text(manifests(scripts, interpreter))
    site = Site(folder, folder, folder, *free_ports(2))
    (command,) = kube_wsgi(folder, site)
    return command, [site.port] * len(scripts)


def _gunicorns(scripts: Sequence[Path]) -> tuple[list[list[str]], Sequence[int]]:
    ports = free_ports(len(scripts))
    commands = [
        pypi.gunicorn(script.parent, f"127.0.0.1:{port}", script.stem, f"/app-{number}")
        for number, (script, port) in enumerate(zip(scripts, ports))
    ]
    return commands, ports


def _weighed(
    key: str, commands: Sequence[list[str]], ports: Sequence[int], scratch: Path
) -> dict[str, Any]:
    """Start the commands, ask each application, and return the memory of all processes."""
    with ExitStack() as running:
        servers = []
        for number, command in enumerate(commands):
            log = scratch / f"{key}-{number}.log"
            servers.append(ServerProcess(command, log, core=None))
            running.callback(servers[-1].stop)
        deadline = time.monotonic() + _START_SECONDS
        for number, port in enumerate(ports):
            fault = partial(_asked(number).fault_at, port)
            wait_until_valid(fault, [servers[number % len(servers)]], deadline)
        pids = [one.pid for server in servers for one in server.tree()]
        memory = sum(map(procfs.memory, pids), procfs.NO_MEMORY)
        say(f"{key}: {memory.pss / 1024:.0f} MB, {len(pids)} processes")
    return {"pss_kb": memory.pss, "rss_kb": memory.rss, "processes": len(pids)}


def _asked(number: int) -> Workload:
    path, expected = f"/app-{number}/", f"application {number}".encode()
    return Workload("flask", "Flask", "", path, expected)


def outcomes(found: dict[str, Any], count: int) -> list[Outcome]:
    """Return the memory of each arrangement over that of the gunicorns."""
    peer = found["gunicorn"]["pss_kb"]
    return [
        Outcome(
            f"PSS of {count} Flask applications {title} / a gunicorn each",
            found[key]["pss_kb"] / peer,
            RATIO_GOAL if key == "shared" else None,
            "×",
            at_most=True,
        )
        for key, (title, _) in ARRANGEMENTS.items()
    ]
