"""The part `reloads`: a million requests while the script is edited a thousand times.

Every answer is checked (storm.py), and the memory of the gateway and of its workers is followed.
Both modes one after the other, with all cores: what counts is what stays, not how fast it goes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from . import procfs, storm
from .command import say
from .processes import ServerProcess, wait_until_valid
from .site import Site, free_ports
from .storm import Storm
from .summary import Outcome
from .targets import build, kube_wsgi
from .workloads import Workload

GROWTH_GOAL_PERCENT = 5.0
WARM_UP_SHARE = 0.2
"""Of the reloads; growth is counted from what the next tenth has."""
WINDOW_SHARE = 0.1
"""Of the reloads, at the begin and at the end, whose median memory is compared."""
FEWEST = 20
"""Reloads, so that a window has two samples."""
SAMPLES = 200
PATH = "/edited"
_START_SECONDS = 60.0

GATEWAY = """\
apiVersion: kubewsgi.dev/v1alpha1
kind: WsgiGateway
metadata: {name: main}
spec:
  listeners: [{name: http, port: 8000}]
  embedded: {enabled: true}
---
apiVersion: kubewsgi.dev/v1alpha1
kind: ScriptAlias
metadata: {name: edited}
spec: {path: /edited, script: edited.py%s}
"""
GROUP = """\
---
apiVersion: kubewsgi.dev/v1alpha1
kind: DaemonGroup
metadata: {name: edited}
spec: {processes: 1, threads: 15}
"""
MODES = {
    "embedded": ("kube-wsgi embedded", GATEWAY % ""),
    "daemon": ("kube-wsgi daemon", GATEWAY % ", processGroup: edited" + GROUP),
}


@dataclass(frozen=True)
class Point:
    """Memory in kB once a number of reloads has come through; a group's supervisor is a worker."""

    reloads: int
    requests: int
    seconds: float
    gateway_rss: int
    gateway_pss: int
    workers_rss: int
    workers_pss: int

    @property
    def rss(self) -> int:
        return self.gateway_rss + self.workers_rss


def measure(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Send the storm to each mode, and return the curves and what is promised of them."""
    build("embedded")
    modes = {}
    for mode, (title, manifests) in MODES.items():
        say(f"{title}: {options.reloads} reloads")
        modes[mode] = _mode(title, manifests, options, scratch / mode)
        say(line(modes[mode]))
    return {
        "settings": {
            "requests": options.requests,
            "reloads": options.reloads,
            "connections": storm.CONNECTIONS,
            "warm_up_share": WARM_UP_SHARE,
            "window_share": WINDOW_SHARE,
        },
        "outcomes": [one.as_json() for mode in modes.values() for one in outcomes(mode)],
        "modes": modes,
    }


def _mode(title: str, manifests: str, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    served = folder / "manifests"
    served.mkdir()
    (served / "manifests.yaml").write_text(manifests)
    script = served / "edited.py"
    storm.write(script, 0)
    site = Site(folder, folder, folder, *free_ports(2))
    (command,) = kube_wsgi(served, site)
    server = ServerProcess(command, folder / "output.log", core=None)
    try:
        first = Workload("edited", "edited", "edited.py", PATH, storm.body(0))
        deadline = time.monotonic() + _START_SECONDS
        wait_until_valid(partial(first.fault_at, site.port), [server], deadline)
        with Storm(site.port, PATH, script) as client:
            points, seconds = follow(
                client,
                options.reloads,
                -(-options.requests // options.reloads),
                lambda: _memory(server),
            )
            tally = client.tally
    finally:
        server.stop()
    return {
        "title": title,
        "answers": tally.answers,
        "failures": tally.failures,
        "faults": tally.faults,
        "reloads": options.reloads,
        "reload_p50_s": median(seconds),
        "reload_max_s": max(seconds),
        "points": [asdict(one) for one in points],
        **growth(points),
    }


def _memory(server: ServerProcess) -> tuple[procfs.Memory, procfs.Memory]:
    """Return the memory of the gateway, which is the root process, and of all others."""
    others = (procfs.memory(one.pid) for one in server.tree() if one.pid != server.pid)
    return procfs.memory(server.pid), sum(others, procfs.NO_MEMORY)


def follow(
    client: Storm,
    reloads: int,
    requests_each: int,
    memory: Callable[[], tuple[procfs.Memory, procfs.Memory]],
) -> tuple[list[Point], list[float]]:
    """Reload so many times; return the memory over time, and how long each reload took."""
    every = max(1, reloads // SAMPLES)
    began = time.monotonic()
    points, seconds = [], []
    for number in range(1, reloads + 1):
        seconds.append(client.reload(requests_each))
        if number % every == 0:
            gateway, workers = memory()
            points.append(
                Point(
                    number,
                    client.tally.answers,
                    round(time.monotonic() - began, 3),
                    gateway.rss,
                    gateway.pss,
                    workers.rss,
                    workers.pss,
                )
            )
    return points, seconds


def growth(points: Sequence[Point]) -> dict[str, float]:
    """Return the RSS in kB after warm-up and at the end, and by how many percent it has grown."""
    last = points[-1].reloads
    warm, window = WARM_UP_SHARE * last, WINDOW_SHARE * last
    before = median(one.rss for one in points if warm < one.reloads <= warm + window)
    after = median(one.rss for one in points if one.reloads > last - window)
    return {
        "rss_before_kb": before,
        "rss_after_kb": after,
        "growth_percent": 100.0 * (after / before - 1),
    }


def outcomes(mode: dict[str, Any]) -> list[Outcome]:
    """Return what is promised of a mode, as measured."""
    what = f"{mode['title']}, {_number(mode['answers'])} requests with {mode['reloads']} reloads"
    return [
        Outcome(
            f"{what}: growth of RSS after warm-up",
            mode["growth_percent"],
            GROWTH_GOAL_PERCENT,
            "%",
            at_most=True,
        ),
        Outcome(f"{what}: failures", mode["failures"], 0, "", at_most=True),
    ]


def line(mode: dict[str, Any]) -> str:
    """Return a mode as a line of progress."""
    faults = f" INVALID {'; '.join(mode['faults'])}" if mode["failures"] else ""
    return (
        f"{mode['answers']:,} answers, {mode['failures']} failures, RSS"
        f" {mode['rss_before_kb'] / 1024:.0f} to {mode['rss_after_kb'] / 1024:.0f} MB"
        f" ({mode['growth_percent']:+.1f} %), reload p50 {mode['reload_p50_s'] * 1000:.0f} ms,"
        f" max {mode['reload_max_s'] * 1000:.0f} ms{faults}"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")
