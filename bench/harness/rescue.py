"""The part `rescue`: how long a request that never ends keeps its client and its thread.

Each mode serves one application with one thread and a `requestTimeout`. A request that loops in
Python can be interrupted; one that waits in C cannot, so its worker has to be replaced. From the
moment that the limit has passed, it is measured when the client has its 504, and when the thread,
or the one in its place, has answered the next request.
"""

from __future__ import annotations

import argparse
import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .command import say
from .errors import BenchError
from .processes import ServerProcess, wait_until_valid
from .site import Site, free_ports
from .summary import Outcome
from .targets import build, kube_wsgi
from .workloads import Workload

GOAL_SECONDS = 2.0
LIMIT_SECONDS = 1.0
TIMES_EACH_ROUND = 3
LIFE_SECONDS = 6.0
"""Between two: a worker that ends within 5 s of its start may be replaced later, and the fourth in
a row is. What is measured is the rescue of one, not that."""
_START_SECONDS = 60.0
_PATIENCE_SECONDS = 30.0

SCRIPT = """\
import time


def application(environ, start_response):
    if environ["PATH_INFO"] == "/loops":
        while True:
            pass
    if environ["PATH_INFO"] == "/blocks":
        time.sleep(3600)
    start_response("200 OK", [("Content-Length", "5")])
    return [b"fine\\n"]
"""
MANIFESTS = """\
apiVersion: kubewsgi.dev/v1alpha1
kind: WsgiGateway
metadata: {name: main}
spec:
  listeners: [{name: http, port: 8000}]
  embedded: {enabled: true, threads: 1, requestTimeout: 1s}
---
apiVersion: kubewsgi.dev/v1alpha1
kind: DaemonGroup
metadata: {name: stuck}
spec: {processes: 1, threads: 1, requestTimeout: 1s}
---
apiVersion: kubewsgi.dev/v1alpha1
kind: ScriptAlias
metadata: {name: daemon}
spec: {path: /daemon, script: stuck.py, processGroup: stuck}
---
apiVersion: kubewsgi.dev/v1alpha1
kind: ScriptAlias
metadata: {name: embedded}
spec: {path: /embedded, script: stuck.py}
"""


@dataclass(frozen=True)
class Case:
    """What never ends, and where."""

    title: str
    alias: str
    request: str


CASES = (
    Case("embedded, a loop in Python", "/embedded", "/loops"),
    Case("daemon, a loop in Python", "/daemon", "/loops"),
    Case("daemon, blocked in C: another worker", "/daemon", "/blocks"),
)


def measure(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Send each request that never ends some times, and return the latest of the rescues."""
    build("embedded")
    served = scratch / "rescue"
    served.mkdir()
    (served / "manifests.yaml").write_text(MANIFESTS)
    (served / "stuck.py").write_text(SCRIPT)
    site = Site(served, served, served, *free_ports(2))
    (command,) = kube_wsgi(served, site)
    server = ServerProcess(command, scratch / "rescue.log", core=None)
    times = TIMES_EACH_ROUND * options.rounds
    try:
        seconds = {case.title: _case(case, times, server, site.port) for case in CASES}
    finally:
        server.stop()
    return {
        "settings": {"times": times, "limit_seconds": LIMIT_SECONDS},
        "outcomes": [one.as_json() for one in outcomes(seconds)],
        "seconds": seconds,
    }


def _case(case: Case, times: int, server: ServerProcess, port: int) -> list[list[float]]:
    fine = Workload("rescue", "rescue", "stuck.py", case.alias, b"fine\n")
    wait_until_valid(partial(fine.fault_at, port), [server], time.monotonic() + _START_SECONDS)
    seconds = []
    for _ in range(times):
        time.sleep(LIFE_SECONDS)
        seconds.append(_rescue(case, port))
        say(f"{case.title}: 504 after {seconds[-1][0]:.2f} s, next 200 after {seconds[-1][1]:.2f}")
    return seconds


def _rescue(case: Case, port: int) -> list[float]:
    """Return the seconds from the limit to the 504, and to the next answer of the thread."""
    limit = time.monotonic() + LIMIT_SECONDS
    _expect(504, port, case.alias + case.request)
    answered = time.monotonic() - limit
    _expect(200, port, case.alias)
    return [answered, time.monotonic() - limit]


def _expect(status: int, port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    finally:
        connection.close()
    if answer.status != status:
        raise BenchError(f"GET {path}: {answer.status}, not {status}: {text}")


def outcomes(seconds: dict[str, Sequence[Sequence[float]]]) -> list[Outcome]:
    """Return the latest rescue of each case: the goal is for all of them."""
    return [
        Outcome(
            f"request that never ends, {title}: from its limit to the next answer, the latest",
            max(rescued for _, rescued in times),
            GOAL_SECONDS,
            "s",
            at_most=True,
            note=f"its client had its 504 after {max(answered for answered, _ in times):.2f} s",
        )
        for title, times in seconds.items()
    ]
