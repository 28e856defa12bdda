"""The command: options, and the run from an empty API server to the table."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import machine
from ..command import exit_status, write_page
from ..paths import BENCH, REPOSITORY
from ..site import free_ports
from . import gateway_figures, objects, operator_figures, pods_figures
from .figures import Measure, table
from .nodes import Nodes
from .plane import RELEASE, Plane, Program

PAGE = REPOSITORY / "docs" / "benchmarks-cluster.md"
SCRIPT = BENCH / "apps" / "hello.wsgi"
PARTS = ("operator", "gateway", "pods")


def main(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit status."""
    options = parse(arguments)

    def work() -> None:
        with tempfile.TemporaryDirectory(prefix="kube-wsgi-bench-") as directory:
            text = page(options, "bench/cluster " + " ".join(arguments), Path(directory))
        print(text)
        if options.write_docs:
            write_page(PAGE, text)

    return exit_status(work)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(
        prog="bench/cluster",
        description="Measure the operator and the gateway against a real API server, and in pods.",
    )
    parser.add_argument("--aliases", type=int, default=1000, help="of the operator's part (1000)")
    parser.add_argument("--groups", type=int, default=100, help="that they are dealt to (100)")
    parser.add_argument("--routes", type=int, default=3000, help="of the gateway's part (3000)")
    parser.add_argument("--part", choices=PARTS, help="one of them alone; pods need root")
    parser.add_argument(
        "--write-docs", action="store_true", help="write docs/benchmarks-cluster.md from this run"
    )
    return parser.parse_args(arguments)


def page(options: argparse.Namespace, command: str, directory: Path) -> str:
    """Measure, and return what is to be read."""
    measures: list[Measure] = []
    facts: dict[str, Any] = {}
    parts = [options.part] if options.part else PARTS
    if "operator" in parts:
        with Plane(directory / "operator") as plane:
            facts["API server"] = plane.version
            measures += measure_operator(plane, options, directory)
    if "gateway" in parts:
        with Plane(directory / "gateway") as plane:
            facts["API server"] = plane.version
            measures += measure_gateway(plane, options, directory)
    if "pods" in parts:
        with Nodes(directory) as nodes:
            facts["API server"] = nodes.version
            measures += pods_figures.measure(nodes)
    return (
        "# Benchmarks in a cluster\n\n"
        "Written by `bench/cluster --write-docs`; `bench/README.md` says how it measures.\n\n"
        f"Command: `{command.strip()}`. API server, etcd, controllers, operator, gateway and the"
        " harness share the machine.\n\n"
        f"{table(measures)}\n\n{_facts({**_machine(), **facts})}\n"
    )


def measure_operator(plane: Plane, options: argparse.Namespace, directory: Path) -> list[Measure]:
    with operator(plane, directory) as program:
        plane.api.create("/api/v1/namespaces", {"metadata": {"name": objects.NAMESPACE}})
        return operator_figures.measure(plane, program, options.aliases, options.groups)


def measure_gateway(plane: Plane, options: argparse.Namespace, directory: Path) -> list[Measure]:
    """The operator makes the table and is ended: what is measured is the gateway's part alone."""
    (port, probes) = free_ports(2)
    plane.api.create("/api/v1/namespaces", {"metadata": {"name": objects.NAMESPACE}})
    with operator(plane, directory):
        operator_figures.apply_embedded(plane.api, port, options.routes, str(SCRIPT))
    account = f"{objects.GATEWAY}-gateway"
    command = [
        *(str(REPOSITORY / "bin/kube-wsgi-gateway"), f"--namespace={objects.NAMESPACE}"),
        *(f"--name={objects.GATEWAY}", f"--probes-port={probes}"),
    ]
    with Program(
        command, plane.kubeconfig_of(objects.NAMESPACE, account), directory / "gateway.log"
    ) as gateway:
        measured = gateway_figures.measure(plane.api, port, options.routes)
        gateway.check_alive()
        return measured


def operator(plane: Plane, directory: Path) -> Program:
    """The operator with exactly the rights that the chart gives it."""
    return Program(
        [str(REPOSITORY / "bin/kube-wsgi-operator")],
        plane.kubeconfig_of(RELEASE, RELEASE),
        directory / "operator.log",
        KUBE_WSGI_NAMESPACE=RELEASE,
        KUBE_WSGI_SERVICE_ACCOUNT=RELEASE,
        KUBE_WSGI_LEASE=RELEASE,
        QUARKUS_HTTP_PORT=str(*free_ports(1)),
    )


def _machine() -> dict[str, str]:
    """Facts about the machine, without the servers that only bench/run compares."""
    known = machine.facts()
    names = ("cores", "processor", "memory", "kernel", "system", "python", "kube-wsgi")
    return {name: known[name] for name in names}


def _facts(facts: dict[str, Any]) -> str:
    return "\n".join(f"- {name}: {json.dumps(value)[1:-1]}" for name, value in facts.items())
