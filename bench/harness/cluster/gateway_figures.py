"""The gateway: how soon a route answers once the shard that has it is written."""

from __future__ import annotations

import copy
import http.client
import itertools
import json
import time
from typing import Any

from ..errors import BenchError
from . import objects
from .api import Api
from .figures import Measure, percentile, spread

PATIENCE_SECONDS = 120
SAMPLES = 400
WARM_UP = 100
ROUTES_IN_A_GROUP = 50


def alias(number: int, script: str) -> dict[str, Any]:
    """An embedded alias that shares its interpreter with 49 others, as its script is theirs."""
    item = objects.alias(number, 1)
    del item["spec"]["processGroup"]
    item["spec"]["script"] = script
    item["spec"]["applicationGroup"] = f"interpreter{number // ROUTES_IN_A_GROUP}"
    return item


def measure(api: Api, port: int, routes: int) -> list[Measure]:
    """The delay of routes that are added to shards, with the gateway serving all others."""
    await_answer(port, host_of(routes - 1), PATIENCE_SECONDS)
    shards = itertools.cycle(_shards(api))
    first = [one_more(api, port, f"first{n}.example.com", next(shards)) for n in range(WARM_UP)]
    delays = [one_more(api, port, f"new{n}.example.com", next(shards)) for n in range(SAMPLES)]
    return [
        Measure(
            f"gateway: shard written → first 200 at {routes:,} aliases, p99",
            percentile(delays, 0.99),
            50,
            "ms",
            f"{spread(delays)}; the {WARM_UP} edits before them, after the gateway's start:"
            f" p50 {percentile(first, 0.5):.0f}, max {max(first):.0f} ms",
        )
    ]


def host_of(number: int) -> str:
    return f"app{number}.example.com"


def one_more(api: Api, port: int, host: str, shard: dict[str, Any]) -> float:
    """Milliseconds from the answer to a shard's write to the first 200 of its new route."""
    (key, text), *_ = shard["data"].items()
    document = json.loads(text)
    route = copy.deepcopy(document["routes"][0])
    route["host"] = host
    document["routes"].append(route)
    shard["data"][key] = json.dumps(document)
    name = shard["metadata"]["name"]
    where = f"/api/v1/namespaces/{objects.NAMESPACE}/configmaps/{name}"
    api.patch(where, {"data": shard["data"]})
    written = time.monotonic()
    await_answer(port, host, PATIENCE_SECONDS)
    return (time.monotonic() - written) * 1000


def _shards(api: Api) -> list[dict[str, Any]]:
    """All of them, read once: a list of megabytes before each edit would keep the server busy."""
    items = api.get(f"/api/v1/namespaces/{objects.NAMESPACE}/configmaps")["items"]
    return [one for one in items if "-routes-" in one["metadata"]["name"] and '"host"' in str(one)]


def await_answer(port: int, host: str, seconds: float) -> None:
    """Ask until it is 200, on one connection.

    Some milliseconds are left between the requests: the gateway, and the API server that tells it,
    share their processors with who asks.
    """
    deadline = time.monotonic() + seconds
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    while (status := _status(connection, host)) != 200:
        if time.monotonic() > deadline:
            raise BenchError(f"{host} answers {status} after {seconds:.0f} s")
        if status is None:
            connection.close()
        time.sleep(0.003 if status else 0.05)
    connection.close()


def _status(connection: http.client.HTTPConnection, host: str) -> int | None:
    try:
        connection.request("GET", "/app", headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except OSError:
        return None
