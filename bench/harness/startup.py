"""The part `start`: how long `kube-wsgi serve examples/quickstart` takes to its first 200.

It has been built before, with its AOT cache. The first URL is that of an embedded application;
until all of them answer, workers of two daemon groups have been started as well.
"""

from __future__ import annotations

import argparse
import http.client
import re
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from .command import say
from .errors import BenchError
from .paths import KUBE_WSGI, REPOSITORY
from .processes import ServerProcess
from .site import free_ports
from .summary import Outcome
from .targets import build

QUICKSTART = REPOSITORY / "examples" / "quickstart"
AOT_CACHE = REPOSITORY / "cli" / "target" / "kube-wsgi.aot"
GOAL_SECONDS = 1.0
STARTS_EACH_ROUND = 3
TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.005


def part(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Start it some times, with both cores free, and return the medians.

    One untimed start fills the page cache, and tells by the table it prints which URLs to ask.
    """
    build("embedded")
    if not AOT_CACHE.exists():
        raise BenchError(f"{AOT_CACHE.relative_to(REPOSITORY)} is missing: tools/build makes it")
    paths = _paths(scratch / "quickstart-0.log")
    starts = []
    for number in range(1, STARTS_EACH_ROUND * options.rounds + 1):
        starts.append(_timed_start(scratch / f"quickstart-{number}.log", paths))
        say(f"start {number}: first 200 after {starts[-1][0]:.2f} s, all {starts[-1][-1]:.2f} s")
    return {
        "settings": {"starts": len(starts), "paths": paths},
        "outcomes": [one.as_json() for one in outcomes(starts, paths)],
        "seconds": starts,
    }


def outcomes(starts: Sequence[Sequence[float]], paths: Sequence[str]) -> list[Outcome]:
    """Return the median times to the first and to the last of the URLs."""
    first = tuple(one[0] for one in starts)
    last = tuple(one[-1] for one in starts)
    return [
        Outcome(
            f"serve examples/quickstart, built, to the first 200 ({paths[0]}, embedded)",
            median(first),
            GOAL_SECONDS,
            "s",
            at_most=True,
            rounds=first,
        ),
        Outcome(
            f"serve examples/quickstart, built, until all {len(paths)} URLs have answered 200",
            median(last),
            None,
            "s",
            at_most=True,
            rounds=last,
        ),
    ]


def _serve(log: Path) -> tuple[ServerProcess, int]:
    port, admin_port = free_ports(2)
    ports = ["--port", str(port), "--admin-port", str(admin_port)]
    return ServerProcess([str(KUBE_WSGI), "serve", str(QUICKSTART), *ports], log, core=None), port


def _paths(log: Path) -> list[str]:
    server, port = _serve(log)
    try:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            paths = served_paths(log.read_text(errors="replace"), port)
            if paths and all(_status(port, path) == 200 for path in paths):
                return paths
            server.check_alive()
            time.sleep(0.1)
        raise BenchError(f"serve examples/quickstart printed no URL:\n{server.log_tail()}")
    finally:
        server.stop()


def served_paths(output: str, port: int) -> list[str]:
    """Return the paths of the URLs on `port` in what `serve` printed, in its order."""
    urls = re.findall(rf"https?://[^\s/]+:{port}(?:/\S*)?", output)
    return [urlsplit(url).path or "/" for url in urls]


def _timed_start(log: Path, paths: Sequence[str]) -> list[float]:
    """Return the seconds from the start until each path, asked in turn, has answered."""
    started = time.monotonic()
    server, port = _serve(log)
    seconds = []
    try:
        for path in paths:
            while _status(port, path) != 200:
                server.check_alive()
                if time.monotonic() - started > TIMEOUT_SECONDS:
                    raise BenchError(f"no 200 from the quickstart:\n{server.log_tail()}")
                time.sleep(POLL_SECONDS)
            seconds.append(time.monotonic() - started)
        return seconds
    finally:
        server.stop()


def _status(port: int, path: str) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
