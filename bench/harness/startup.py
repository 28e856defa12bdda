"""How long `kube-wsgi serve examples/quickstart` takes from its start to its first 200."""

from __future__ import annotations

import http.client
import re
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from .errors import BenchError
from .processes import ServerProcess
from .targets import KUBE_WSGI, REPOSITORY, free_ports

QUICKSTART = REPOSITORY / "examples" / "quickstart"
GOAL_SECONDS = 2.0
TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.005


def measure(scratch: Path, repeats: int) -> float:
    """Return the median of `repeats` starts in seconds, both cores free, after one untimed start.

    kube-wsgi has been built before. The untimed start fills the page cache, and tells by the table
    it prints which URL to ask.
    """
    path = _first_path(scratch / "quickstart-0.log")
    return median(
        _timed_start(scratch / f"quickstart-{number}.log", path) for number in range(1, repeats + 1)
    )


def _serve(log: Path) -> tuple[ServerProcess, int]:
    port, admin_port = free_ports(2)
    ports = ["--port", str(port), "--admin-port", str(admin_port)]
    return ServerProcess([str(KUBE_WSGI), "serve", str(QUICKSTART), *ports], log, core=None), port


def _first_path(log: Path) -> str:
    server, port = _serve(log)
    try:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            path = first_path(log.read_text(errors="replace"), port)
            if path is not None and _status(port, path) == 200:
                return path
            server.check_alive()
            time.sleep(0.1)
        raise BenchError(f"serve examples/quickstart printed no URL:\n{server.log_tail()}")
    finally:
        server.stop()


def first_path(output: str, port: int) -> str | None:
    """Return the path of the first URL on `port` in what `serve` printed."""
    match = re.search(rf"https?://[^\s/]+:{port}(?:/\S*)?", output)
    return (urlsplit(match[0]).path or "/") if match else None


def _timed_start(log: Path, path: str) -> float:
    started = time.monotonic()
    server, port = _serve(log)
    try:
        while _status(port, path) != 200:
            server.check_alive()
            if time.monotonic() - started > TIMEOUT_SECONDS:
                raise BenchError(f"no 200 from the quickstart:\n{server.log_tail()}")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - started
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
