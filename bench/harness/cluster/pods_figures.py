"""Pods: how soon an alias answers, how soon a gateway is ready, and what pods hold in memory."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import BenchError
from ..paths import REPOSITORY
from . import objects
from .api import Api
from .figures import Measure, percentile, spread
from .nodes import Nodes
from .plane import RELEASE

QUICKSTART = REPOSITORY / "examples/quickstart"
PATIENCE_SECONDS = 180
PORT = 8080
STARTS = 5
WARM_UP = 10
SAMPLES = 100
EDITS = 50
MIB = 2**20
_METRICS = "/apis/metrics.k8s.io/v1beta1"
_PODS = f"/api/v1/namespaces/{objects.NAMESPACE}/pods"
_TICKS_A_SECOND = 100
# Of a pod's end, which a node still works at when the process is gone.
_SETTLING_SECONDS = 3
_CODE = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "12")])
    return [b"{text}"]
"""
# A WSGI application that every image with Python has: an alias of it brings no code of its own.
_SCRIPT = "/usr/lib/python3.13/wsgiref/simple_server.py"


def measure(nodes: Nodes) -> list[Measure]:
    """All figures of pods, each of a machine where nothing else happens."""
    api = nodes.api
    api.create("/api/v1/namespaces", {"metadata": {"name": objects.NAMESPACE}})
    api.create(objects.path("wsgigateways"), objects.gateway(PORT))
    _wait(lambda: len(_ready(api, "gateway")) == 1, "a gateway that is ready")
    gateway = _memory(api, objects.NAMESPACE)
    starts = [_one_start(api) for _ in range(STARTS)]
    api.create(objects.path("daemongroups"), objects.group(0))
    _wait(lambda: len(_ready(api, "group")) == 1, "a group that is ready")
    host = _address(api)
    pods = _ready(api, "gateway") | _ready(api, "group")
    for number in range(WARM_UP):
        _one_alias(api, host, f"first{number}")
    delays = [_one_alias(api, host, f"new{number}") for number in range(SAMPLES)]
    if pods != _ready(api, "gateway") | _ready(api, "group"):
        raise BenchError("a pod was started or restarted for an alias whose code is in the image")
    edits = _edits(api, host)
    nodes.kubectl("apply", f"--filename={QUICKSTART}")
    nodes.kubectl("wait", "alias", "--all", "--for=condition=Ready", "--timeout=120s")
    operator = _memory(api, RELEASE)
    return [
        Measure(
            "alias applied to an existing group → first 200, p95",
            percentile(delays, 0.95),
            1000,
            "ms",
            spread(delays) + "; no pod was started or restarted",
        ),
        Measure(
            "inline source of an embedded alias edited → its answer, p95",
            percentile(edits, 0.95),
            2000,
            "ms",
            spread(edits),
        ),
        Measure(
            "gateway's process started → its pod ready",
            max(starts),
            3,
            "s",
            f"the slowest of {STARTS}; p50 {percentile(starts, 0.5):.1f} s",
        ),
        Measure("gateway's pod without applications", gateway / MIB, 200, "MiB", "working set"),
        Measure(
            "operator's pod with the quickstart",
            operator / MIB,
            200,
            "MiB",
            "working set; 110 aliases besides",
        ),
    ]


def _one_alias(api: Api, host: str, name: str) -> float:
    """Milliseconds from the request that makes an alias to the first 200 at its path."""
    spec = {"path": f"/{name}", "script": _SCRIPT, "callable": "demo_app", "processGroup": "site0"}
    started = time.monotonic()
    api.create(objects.path("scriptaliases"), _alias(name, spec))
    _await_answer(host, f"/{name}")
    return (time.monotonic() - started) * 1000


def _alias(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, "namespace": objects.NAMESPACE}
    return {**objects.alias(0, 1), "metadata": metadata, "spec": spec}


def _edits(api: Api, host: str) -> list[float]:
    """Milliseconds from requests that edit an embedded alias's code to its first answer by it."""
    api.create(
        objects.path("scriptaliases"),
        _alias("edited", {"path": "/edited", "script": "app.py", "source": _source(0)}),
    )
    _await_answer(host, "/edited", _text(0))
    return [_one_edit(api, host, number) for number in range(1, EDITS + 1)]


def _one_edit(api: Api, host: str, number: int) -> float:
    started = time.monotonic()
    api.patch(objects.path("scriptaliases", "edited"), {"spec": {"source": _source(number)}})
    _await_answer(host, "/edited", _text(number))
    return (time.monotonic() - started) * 1000


def _source(number: int) -> dict[str, Any]:
    return {"inline": {"app.py": _CODE.format(text=_text(number))}}


def _text(number: int) -> str:
    return f"edition {number:04}"


def _await_answer(host: str, path: str, text: str = "") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    connection = http.client.HTTPConnection(host, PORT, timeout=PATIENCE_SECONDS)
    while time.monotonic() < deadline:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status == 200 and text in body:
            connection.close()
            return
        time.sleep(0.005)
    raise BenchError(f"{path} was not answered with 200 {text} within {PATIENCE_SECONDS} s")


def _one_start(api: Api) -> float:
    """Seconds from a second gateway's process to its pod's readiness, as the API server tells it.

    A watch tells: who asks all the time takes processors that the start needs.
    """
    time.sleep(_SETTLING_SECONDS)
    before = _gateway_processes()
    known = _ready(api, "gateway")
    version = api.get(_PODS)["metadata"]["resourceVersion"]
    events = api.watch(_PODS, resourceVersion=version, labelSelector=_component("gateway"))
    api.patch(objects.path("wsgigateways", objects.GATEWAY), {"spec": {"replicas": 2}})
    next(pod for pod in (event["object"] for event in events) if _is_new(pod, known))
    ready = time.clock_gettime(time.CLOCK_BOOTTIME)
    events.close()
    (process,) = _gateway_processes() - before
    started = int(re.split(r"\) ", Path(f"/proc/{process}/stat").read_text())[1].split()[19])
    api.patch(objects.path("wsgigateways", objects.GATEWAY), {"spec": {"replicas": 1}})
    _wait(lambda: len(_gateway_processes()) == 1, "the end of the second gateway")
    return ready - started / _TICKS_A_SECOND


def _is_new(pod: dict[str, Any], known: set[str]) -> bool:
    return pod["metadata"]["uid"] not in known and objects.has_condition(pod, "Ready")


def _gateway_processes() -> set[str]:
    """Ids of Java processes of gateways in pods: nodes are namespaces of this machine."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"/java") and b"gateway" in words and b"--namespace" in words:
            found.add(file.parent.name)
    return found


def _ready(api: Api, component: str) -> set[str]:
    """Uids of the component's pods that are ready and not told to end."""
    pods = api.get(_PODS, labelSelector=_component(component))
    return {
        pod["metadata"]["uid"]
        for pod in pods["items"]
        if "deletionTimestamp" not in pod["metadata"] and objects.has_condition(pod, "Ready")
    }


def _component(name: str) -> str:
    return f"app.kubernetes.io/component={name}"


def _memory(api: Api, namespace: str) -> float:
    """Bytes of the pod's working set, as metrics-server has them once it has looked twice."""
    time.sleep(45)
    found: list[Any] = []

    def look() -> bool:
        found[:] = api.get(f"{_METRICS}/namespaces/{namespace}/pods")["items"]
        return len(found) == 1

    _wait(look, f"metrics of the pod in {namespace}")
    (container,) = found[0]["containers"]
    return in_bytes(container["usage"]["memory"])


def in_bytes(quantity: str) -> float:
    """A quantity of memory as metrics-server writes it: "153620Ki"."""
    match = re.fullmatch(r"(\d+)(Ki|Mi)?", quantity)
    if match is None:
        raise BenchError(f"not understood: {json.dumps(quantity)}")
    return int(match[1]) * {None: 1, "Ki": 1024, "Mi": MIB}[match[2]]


def _address(api: Api) -> str:
    service = f"/api/v1/namespaces/{objects.NAMESPACE}/services/{objects.GATEWAY}-gateway"
    return api.get(service)["spec"]["clusterIP"]


def _wait(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise BenchError(f"not seen within {PATIENCE_SECONDS} s: {what}")
        time.sleep(0.25)
