"""The part `added`: what the gateway adds to the latency of a daemon request at half load.

The same requests, open-loop at Poisson times, go to the gateway and then, in each round, right to
a worker of the same kind, over the protocol between gateways and workers (docs/worker-protocol.md).
The client is the same, so what differs is the gateway, and its share of the core that both run on.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import select
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from time import monotonic
from typing import Any

from . import compare, debian
from .command import say
from .errors import BenchError
from .paths import CONFIGS, REPOSITORY
from .processes import ServerProcess
from .summary import Outcome
from .targets import KUBE_WSGI_DAEMON, Running
from .workloads import HELLO, HELLO_BODY
from .wrk import Wrk

GOAL_MS = 0.2
LOAD_SHARE = 0.5
"""Of the requests per second that the gateway and its worker can do."""
THREADS = 15
"""Of the worker, and so of its connections; the client has no more to the gateway."""
WORKER = REPOSITORY / "gateway-image" / "target" / "classes" / "kubewsgi-worker.pyz"
SECRET = "of-loopback-and-this-run-alone"
_READ = 65536
_LEAD_SECONDS = 0.05
_PATIENCE_SECONDS = 10.0
_START_SECONDS = 30.0


@dataclass(frozen=True)
class Latency:
    """Of one round's requests to one server, in ms."""

    p50: float
    p99: float
    late_p99: float
    """How much after its time the client sent a request."""


def measure(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Find the capacity, and measure both ways in each round at half of it."""
    debian.ensure_installed()
    KUBE_WSGI_DAEMON.build()
    with ExitStack() as servers:
        (server,) = compare.start([KUBE_WSGI_DAEMON], [HELLO], scratch, servers)
        servers.enter_context(_worker(scratch))
        servers.enter_context(_on_core(compare.LOAD_CORE))
        capacity = _capacity(server, options, scratch)
        rate = capacity * LOAD_SHARE
        say(f"capacity {capacity:,.0f}/s; {rate:,.0f} requests/s are sent to each")
        rounds = []
        for number in range(-1, options.rounds):
            sent = arrivals(rate, options.duration, seed=number)
            one = {
                "gateway": asdict(_through_gateway(server, sent)),
                "worker": asdict(_to_worker(scratch, sent)),
            }
            if number >= 0:  # the one before has warmed up this way
                rounds.append(one)
                say(line(number, one))
    return {
        "settings": {
            "rounds": options.rounds,
            "seconds": options.duration,
            "connections": THREADS,
            "requests_per_second": round(rate),
        },
        "outcomes": [outcome(rounds).as_json()],
        "rounds": rounds,
    }


def _capacity(server: Running, options: argparse.Namespace, scratch: Path) -> float:
    """Return how many requests per second the gateway and its worker can do, once warm."""
    wrk = Wrk(CONFIGS, scratch, compare.LOAD_CORE, compare.CONNECTIONS)
    wrk.run(HELLO, server.port(HELLO), options.warm_up)
    load = wrk.run(HELLO, server.port(HELLO), options.duration)
    if load.fault:
        raise BenchError(f"{server.target.title}: {load.fault}")
    return load.requests_per_second


def arrivals(rate: float, seconds: float, seed: int) -> list[float]:
    """Return the times of a Poisson process, in seconds from its begin."""
    made = random.Random(seed)
    times, now = [], 0.0
    while (now := now + made.expovariate(rate)) < seconds:
        times.append(now)
    return times


def line(number: int, one: dict[str, Any]) -> str:
    """Return a round as a line of progress."""
    both = ", ".join(
        f"{name} p50 {way['p50']:.3f} p99 {way['p99']:.3f} ms (sent {way['late_p99']:.3f} late)"
        for name, way in one.items()
    )
    return f"round {number + 1} {both}; added {added(one):.3f} ms"


def added(one: dict[str, Any]) -> float:
    """Return by how many ms the median through the gateway is above that of the worker alone."""
    return one["gateway"]["p50"] - one["worker"]["p50"]


def outcome(rounds: Sequence[dict[str, Any]]) -> Outcome:
    """Return what the gateway adds, the median over the rounds."""
    each = tuple(map(added, rounds))
    title = "latency that the gateway adds to a daemon hello at half load, p50"
    return Outcome(title, median(each), GOAL_MS, "ms", at_most=True, rounds=each)


@contextmanager
def _on_core(core: int) -> Iterator[None]:
    """Keep the client on its core: the servers have the other."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


# To the gateway: as any client.


def _through_gateway(server: Running, sent: Sequence[float]) -> Latency:
    port = server.port(HELLO)
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(THREADS)]
    for one in sockets:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _measured(sockets, gateway_request(port), sent)


def gateway_request(port: int) -> bytes:
    return f"GET {HELLO.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


# To a worker: as a gateway.


@contextmanager
def _worker(scratch: Path) -> Iterator[None]:
    """Run a supervisor with one worker for hello, on the servers' core."""
    folder = scratch / "worker"
    folder.mkdir()
    config = folder / "config.json"
    config.touch(mode=0o600)
    config.write_text(json.dumps(worker_config(folder, scratch / "apps" / HELLO.script)))
    command = ["python3", str(WORKER), "supervise", "--config", str(config)]
    server = ServerProcess(command, folder / "output.log", compare.SERVER_CORE)
    try:
        _await(server, folder)
        yield
    finally:
        server.stop()


def worker_config(folder: Path, script: Path) -> dict[str, Any]:
    """Return the document of a group like hello's of bench/manifests/daemon."""
    return {
        "group": "hello",
        "listen": {"unix": str(folder / "worker.sock")},
        "secret": SECRET,
        "processes": 1,
        "multiprocess": True,
        "threads": THREADS,
        "applicationGroups": [
            {
                "id": "hello",
                "name": "hello",
                "revision": "1",
                "scripts": [{"script": str(script), "callable": "application"}],
            }
        ],
    }


def _await(server: ServerProcess, folder: Path) -> None:
    deadline = monotonic() + _START_SECONDS
    while True:
        try:
            _slot(folder).close()
            return
        except (OSError, BenchError) as error:
            server.check_alive()
            if monotonic() > deadline:
                raise BenchError(f"no slot of the worker: {error}\n{server.log_tail()}") from error
        time.sleep(0.05)


def _slot(folder: Path) -> socket.socket:
    """Return a connection to the worker, opened as a gateway opens it."""
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(_PATIENCE_SECONDS)
    one.connect(str(folder / "worker.sock"))
    one.sendall(
        b"GET /.kubewsgi/slot HTTP/1.1\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\n"
        b"Upgrade: kubewsgi\r\nKubeWsgi-Application-Group: hello\r\n\r\n" % SECRET.encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        data = one.recv(_READ)
        if not data:
            break
        answer += data
    if not answer.startswith(b"HTTP/1.1 101 "):
        one.close()
        raise BenchError(f"refused: {answer[:200]!r}")
    return one


def _to_worker(scratch: Path, sent: Sequence[float]) -> Latency:
    sockets = [_slot(scratch / "worker") for _ in range(THREADS)]
    return _measured(sockets, worker_request(scratch / "apps" / HELLO.script), sent)


def worker_request(script: Path) -> bytes:
    """Return the bytes that a gateway makes of `gateway_request` (RequestEncoder)."""
    now = f"{time.time():.6f}"
    fields = {
        "REQUEST_SCHEME": "http",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "kube-wsgi/0.1.0",
        "SCRIPT_NAME": HELLO.path,
        "SCRIPT_FILENAME": str(script),
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.url_scheme": "http",
        "mod_wsgi.script_name": HELLO.path,
        "mod_wsgi.mount_point": HELLO.path,
        "mod_wsgi.callable_object": "application",
        "mod_wsgi.listener_host": "127.0.0.1",
        "mod_wsgi.listener_port": "8000",
        "KubeWsgi-Script": "*",
        "KubeWsgi-Callable": "*",
        "PATH_INFO": "",
        "QUERY_STRING": "",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "40000",
        "mod_wsgi.connection_id": "931db2abf4c0cfc65427af787eda092f",
        "KubeWsgi-Request": f"e3aa319be3dc0710e2424f668a70166e {now} {now} 0.000010",
    }
    lines = [f"GET {HELLO.path} HTTP/1.1", *(f"{name}: {fields[name]}" for name in fields)]
    return "".join(f"{one}\r\n" for one in [*lines, ""]).encode()


# The client.


def _measured(sockets: Sequence[socket.socket], request: bytes, sent: Sequence[float]) -> Latency:
    # A collection of garbage would be a millisecond of somebody's latency.
    gc.collect()
    gc.disable()
    try:
        latencies, late = send(sockets, request, sent)
    finally:
        gc.enable()
        for one in sockets:
            one.close()
    return Latency(
        p50=1000 * median(latencies),
        p99=1000 * quantiles(latencies, n=100)[98],
        late_p99=1000 * quantiles(late, n=100)[98],
    )


def send(
    sockets: Sequence[socket.socket], request: bytes, sent: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Send requests at their times, and return how long each took and how late it was, in seconds.

    A request that finds every connection occupied waits for one, and that counts: its time begins
    when it is due and the client has seen so. The client never sleeps; its core is its own.
    """
    epoll = select.epoll()
    by_descriptor = {one.fileno(): one for one in sockets}
    for one in sockets:
        one.setblocking(False)
        epoll.register(one.fileno(), select.EPOLLIN)
    idle, waiting, began_on = deque(sockets), deque(), {}
    latencies, late, next_one = [], [], 0
    begin = monotonic() + _LEAD_SECONDS
    deadline = begin + sent[-1] + _PATIENCE_SECONDS
    while len(latencies) < len(sent):
        now = monotonic()
        while next_one < len(sent) and begin + sent[next_one] <= now:
            waiting.append(now)
            late.append(now - begin - sent[next_one])
            next_one += 1
        while waiting and idle:
            one = idle.popleft()
            began_on[one.fileno()] = waiting.popleft()
            one.send(request)
        for descriptor, _ in epoll.poll(0):
            answer = by_descriptor[descriptor].recv(_READ)
            latencies.append(monotonic() - began_on.pop(descriptor))
            if not (answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(HELLO_BODY)):
                raise BenchError(f"not the answer of hello: {answer[:200]!r}")
            idle.append(by_descriptor[descriptor])
        if now > deadline:
            raise BenchError(f"{len(sent) - len(latencies)} requests were not answered")
    epoll.close()
    return latencies, late
