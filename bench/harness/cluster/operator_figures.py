"""The operator: how soon it has followed, what it writes when nothing happens, what it holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..errors import BenchError
from . import gateway_figures, objects
from .api import Api
from .figures import Measure, percentile, spread
from .plane import Plane, Program

APPLIERS = 4
PATIENCE_SECONDS = 300
SETTLED_SECONDS = 60
LATENCY_SAMPLES = 100
MIB = 2**20


def measure(plane: Plane, operator: Program, aliases: int, groups: int) -> list[Measure]:
    """All figures of the operator, in the order in which one needs the other."""
    api = plane.api
    programmed = time_to_programmed(api, aliases, groups)
    _await_quiet(plane)
    writes = plane.writes_of_operator(SETTLED_SECONDS)
    latency = [one_more(api, aliases + n, groups) for n in range(LATENCY_SAMPLES)]
    return [
        Measure(
            f"{aliases:,} aliases on {groups} groups from empty: applied → all programmed",
            programmed,
            60,
            "s",
        ),
        Measure(
            "settled: writes to the API server in a minute",
            len(writes),
            0,
            "",
            "; ".join(["Lease renewals apart", *_some(writes)]),
        ),
        Measure("operator RSS at that size", operator.rss() / MIB, 256, "MiB", operator.peak()),
        Measure(
            "one more alias: apply → its ConfigMap shard written, p95",
            percentile(latency, 0.95),
            200,
            "ms",
            spread(latency),
        ),
    ]


def time_to_programmed(api: Api, aliases: int, groups: int) -> float:
    """Seconds from the first object applied to the last alias programmed."""
    started = time.monotonic()
    api.create(objects.path("wsgigateways"), objects.gateway())
    _create_all(api, "daemongroups", (objects.group(n) for n in range(groups)))
    _create_all(api, "scriptaliases", (objects.alias(n, groups) for n in range(aliases)))
    _wait(lambda: _programmed(api) >= aliases, f"{aliases} programmed aliases", 0.25)
    return time.monotonic() - started


def apply_embedded(api: Api, port: int, routes: int, script: str) -> None:
    """Applies what the gateway's figures need, and waits until its table is written."""
    api.create(objects.path("wsgigateways"), objects.gateway(port))
    aliases = (gateway_figures.alias(n, script) for n in range(routes))
    _create_all(api, "scriptaliases", aliases)
    _wait(lambda: _programmed(api) >= routes, f"{routes} programmed aliases", 0.25)


def one_more(api: Api, number: int, groups: int) -> float:
    """Milliseconds from an alias applied to a shard that has it; returns once it is programmed."""
    name = f"{objects.NAMESPACE}/app{number}"
    written: list[float] = []
    listening = threading.Event()
    watcher = threading.Thread(
        target=_note_shard, args=(api, f'"{name}"', listening, written), daemon=True
    )
    watcher.start()
    listening.wait(PATIENCE_SECONDS)
    started = time.monotonic()
    api.create(objects.path("scriptaliases"), objects.alias(number, groups))
    watcher.join(PATIENCE_SECONDS)
    if not written:
        raise BenchError(f"no shard got {name} within {PATIENCE_SECONDS} s")
    alias = objects.path("scriptaliases", f"app{number}")
    _wait(lambda: objects.is_programmed(api.get(alias)), f"{name} programmed", 0.25)
    return (written[0] - started) * 1000


def _note_shard(api: Api, sought: str, listening: threading.Event, written: list[float]) -> None:
    configmaps = f"/api/v1/namespaces/{objects.NAMESPACE}/configmaps"
    # From the version of a list of nothing on: without one, everything there is comes first.
    version = api.get(configmaps, limit="1")["metadata"]["resourceVersion"]
    events = api.watch(configmaps, resourceVersion=version)
    listening.set()
    for event in events:
        if _is_shard_with(event["object"], sought):
            written.append(time.monotonic())
            return


def _is_shard_with(item: dict[str, Any], sought: str) -> bool:
    return "-routes-" in item["metadata"]["name"] and any(
        sought in text for text in item.get("data", {}).values()
    )


def _create_all(api: Api, plural: str, items: Iterable[dict[str, Any]]) -> None:
    with ThreadPoolExecutor(APPLIERS) as appliers:
        list(appliers.map(lambda item: api.create(objects.path(plural), item), items))


def _programmed(api: Api) -> int:
    items = api.get(objects.path("scriptaliases"), resourceVersion="0")["items"]
    return sum(map(objects.is_programmed, items))


def _await_quiet(plane: Plane) -> None:
    _wait(lambda: not plane.writes_of_operator(5), "five seconds without a write", 0)


def _wait(done: Callable[[], bool], what: str, pause: float) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise BenchError(f"not seen within {PATIENCE_SECONDS} s: {what}")
        time.sleep(pause)


def _some(writes: list[str]) -> list[str]:
    return sorted(set(writes))[:5]
