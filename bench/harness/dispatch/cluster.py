"""Three gateways that share a group, as in a cluster: processes of this machine.

A real API server and operator make the documents; the operator is ended then. The gateways, each a
WsgiGateway of its own because each needs a port of its own, run with the rights of their pods. Two
supervisors play the group's pods, and EndpointSlices say where they are: 198.18.0.1 stands for
127.18.0.1 (KUBE_WSGI_PODS_ON_LOOPBACK). The aliases name one application group, so that requests of
all gateways are for the same workers.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ..cluster import objects
from ..cluster.cli import operator
from ..cluster.plane import Plane
from ..errors import BenchError
from ..paths import REPOSITORY
from ..processes import ServerProcess
from ..site import free_ports
from .servers import (
    LIMITED,
    PATIENT,
    PROCESSES,
    QUEUE_LENGTH,
    QUEUE_SECONDS,
    SCRIPT,
    THREADS,
    Server,
)
from .trace import GATEWAYS

PODS = 2
TITLE = "three gateways"
_WORKER = REPOSITORY / "gateway-image/target/classes/kubewsgi-worker.pyz"
# The operator is built first where it is not.
_PATIENCE_SECONDS = 300
_QUEUES = {
    PATIENT: {"maxLength": 100_000, "timeout": "60s"},
    LIMITED: {"maxLength": QUEUE_LENGTH, "timeout": f"{QUEUE_SECONDS:.0f}s"},
}


@contextmanager
def three_gateways(scratch: Path) -> Iterator[Server]:
    """Gateways, group and API server for as long as they are measured."""
    folder = scratch / "three"
    folder.mkdir()
    with Plane(folder) as plane, ExitStack() as running:
        free = free_ports(2 * GATEWAYS)
        ports, probes = free[:GATEWAYS], free[GATEWAYS:]
        _apply(plane, ports, scratch / "apps" / SCRIPT, folder)
        processes = []
        for group in _QUEUES:
            for pod in range(1, PODS + 1):
                processes.append(_pod(plane, group, pod, folder))
                running.callback(processes[-1].stop)
        for number in range(GATEWAYS):
            processes.append(_gateway(plane, _name(number), probes[number], folder))
            running.callback(processes[-1].stop)
        server = Server(TITLE, ports, processes, probes, plane.version)
        server.await_threads()
        yield server


def _apply(plane: Plane, ports: list[int], script: Path, folder: Path) -> None:
    api = plane.api
    api.create("/api/v1/namespaces", {"metadata": {"name": objects.NAMESPACE}})
    with operator(plane, folder):
        for number, port in enumerate(ports):
            api.create(objects.path("wsgigateways"), _wsgi_gateway(number, port))
        for group in _QUEUES:
            api.create(objects.path("daemongroups"), _daemon_group(group))
            for number in range(GATEWAYS):
                api.create(objects.path("scriptaliases"), _alias(group, number, script))
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not all(map(objects.is_programmed, api.get(objects.path("scriptaliases"))["items"])):
            if time.monotonic() > deadline:
                raise BenchError("the operator has not programmed the aliases")
            time.sleep(0.2)


def _name(number: int) -> str:
    return f"gateway{number}"


def _wsgi_gateway(number: int, port: int) -> dict[str, Any]:
    listeners = [{"name": "http", "port": port, "address": "127.0.0.1"}]
    spec = {"listeners": listeners, "timeouts": {"idle": "65s"}}
    return objects.of_kind("WsgiGateway", _name(number), spec)


def _daemon_group(name: str) -> dict[str, Any]:
    spec = {
        "replicas": PODS,
        "processes": PROCESSES // PODS,
        "threads": THREADS,
        "queue": _QUEUES[name],
    }
    return objects.of_kind("DaemonGroup", name, spec)


def _alias(group: str, number: int, script: Path) -> dict[str, Any]:
    spec = {
        "gateway": _name(number),
        "path": f"/{group}",
        "script": str(script),
        "processGroup": group,
        "applicationGroup": "shared",
    }
    return objects.of_kind("ScriptAlias", f"{group}{number}", spec)


def _pod(plane: Plane, group: str, number: int, directory: Path) -> ServerProcess:
    """The word of where a pod is, and its supervisor with what the kubelet would mount."""
    name, folder = f"{group}-group", directory / f"{group}-{number}"
    core = f"/api/v1/namespaces/{objects.NAMESPACE}"
    document = plane.api.get(f"{core}/configmaps/{name}")["data"]
    secret = plane.api.get(f"{core}/secrets/{name}")["data"]
    _write(folder / "group", document)
    _write(folder / "secret", {k: base64.b64decode(v).decode() for k, v in secret.items()})
    (port,) = free_ports(1)
    slices = f"/apis/discovery.k8s.io/v1/namespaces/{objects.NAMESPACE}/endpointslices"
    plane.api.create(slices, _endpoints(name, number, port))
    return ServerProcess(
        [
            *("python3", str(_WORKER), "supervise"),
            *("--config", str(folder / "group/group.json"), "--secrets", str(folder / "secret")),
            *("--listen", f"127.18.0.{number}:{port}", "--sources", str(folder / "sources")),
        ],
        folder / "output.log",
        core=None,
    )


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, mode=0o700)  # a secret is in one of them
    for name, text in files.items():
        (folder / name).write_text(text)


def _endpoints(service: str, number: int, port: int) -> dict[str, Any]:
    conditions = {"ready": True, "serving": True, "terminating": False}
    return {
        "metadata": {
            "name": f"{service}-{number}",
            "labels": {
                "kubernetes.io/service-name": service,
                "endpointslice.kubernetes.io/managed-by": "bench",
            },
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": [f"198.18.0.{number}"], "conditions": conditions}],
        "ports": [{"name": "wsgi", "protocol": "TCP", "port": port}],
    }


def _gateway(plane: Plane, name: str, probes: int, folder: Path) -> ServerProcess:
    kubeconfig = plane.kubeconfig_of(objects.NAMESPACE, f"{name}-gateway")
    return ServerProcess(
        [
            *("env", f"KUBECONFIG={kubeconfig}", "KUBE_WSGI_PODS_ON_LOOPBACK=true"),
            *(str(REPOSITORY / "bin/kube-wsgi-gateway"), f"--namespace={objects.NAMESPACE}"),
            *(f"--name={name}", f"--probes-port={probes}"),
        ],
        folder / f"{name}.log",
        core=None,
    )
