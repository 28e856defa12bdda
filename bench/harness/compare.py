"""The part `compare`: all servers under the same requests, in interleaved rounds."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import debian, pypi, rounds, summary
from .command import say
from .errors import BenchError
from .paths import BENCH, CONFIGS
from .site import Site, free_ports
from .targets import TARGETS, Running, Target
from .workloads import HELLO, WORKLOADS, Workload
from .wrk import Wrk

SERVER_CORE = 0
LOAD_CORE = 1
CONNECTIONS = 64
START_SECONDS = 60.0
IDLE_SECONDS = 2.0
WORKER_GOAL_MB = 15.0


def measure(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Start all targets, measure them side by side, and return figures and ratios."""
    if len(os.sched_getaffinity(0)) < 2:
        raise BenchError("two cores are needed: one for the servers and one for wrk")
    debian.ensure_installed()
    pypi.ensure_installed()
    targets = options.targets or list(TARGETS)
    workloads = options.workloads or list(WORKLOADS)
    for target in targets:
        target.build()
    with ExitStack() as servers:
        running = start(targets, workloads, scratch, servers)
        return _measured(options, running, workloads, scratch)


def start(
    targets: Sequence[Target], workloads: Sequence[Workload], scratch: Path, servers: ExitStack
) -> list[Running]:
    """Start all targets on their core and return them when each gives the expected answers."""
    running = []
    for target in targets:
        say(f"starting {target.key}")
        server = Running(target, site(target, workloads, scratch), SERVER_CORE)
        servers.callback(server.stop)
        server.wait_until_valid(workloads, START_SECONDS)
        running.append(server)
    return running


def site(target: Target, workloads: Sequence[Workload], scratch: Path) -> Site:
    """Return a place for a target of its own, below `scratch`."""
    for name in ("apps", "manifests"):
        shutil.copytree(BENCH / name, scratch / name, dirs_exist_ok=True)
    folder = scratch / target.key
    folder.mkdir()
    served = [one.key for one in workloads if target.port_each and target.serves(one)]
    port, admin_port, *more = free_ports(2 + len(served))
    ports = dict(zip(served, more))
    return Site(folder, scratch / "apps", scratch / "manifests", port, admin_port, ports)


def _measured(
    options: argparse.Namespace,
    running: Sequence[Running],
    workloads: Sequence[Workload],
    scratch: Path,
) -> dict[str, Any]:
    """Warm up, measure all rounds and return the result."""
    wrk = Wrk(CONFIGS, scratch, LOAD_CORE, CONNECTIONS)
    say(f"warming up {len(running)} targets, {options.warm_up} s each")
    rounds.warm_up(running, workloads, options.warm_up, wrk)
    idle = rounds.idle_cpu(running, IDLE_SECONDS)
    meter = rounds.Meter(wrk, SERVER_CORE, options.duration)

    def announced(server: Running, workload: Workload, number: int) -> rounds.Sample:
        sample = meter(server, workload, number)
        say(line(sample))
        return sample

    samples = rounds.measure_rounds(running, workloads, options.rounds, announced)
    memory = {server.target.key: memory_of(server, idle) for server in running}
    return {
        "settings": {
            "rounds": options.rounds,
            "seconds": options.duration,
            "warm_up_seconds": options.warm_up,
            "connections": CONNECTIONS,
        },
        "outcomes": [one.as_json() for one in (*summary.outcomes(samples), *worker_limit(memory))],
        "figures": [asdict(one) for one in summary.figures(samples)],
        "memory": memory,
        "samples": [asdict(one) for one in samples],
    }


def memory_of(server: Running, idle: dict[str, float]) -> dict[str, Any]:
    """Return a target's row of the memory table."""
    total, worker = server.memory(), server.worker_memory(HELLO)
    return {
        "pss_kb": total.pss,
        "rss_kb": total.rss,
        "processes": len(server.processes()),
        "hello_worker_pss_kb": worker.pss if worker else None,
        "hello_worker_rss_kb": worker.rss if worker else None,
        "idle_cpu": idle[server.target.key],
    }


def worker_limit(memory: dict[str, Any]) -> list[summary.Outcome]:
    """Return the memory of kube-wsgi's hello worker, where there is one."""
    kilobytes = memory.get("kube-wsgi-daemon", {}).get("hello_worker_pss_kb")
    if kilobytes is None:
        return []
    title = "PSS of kube-wsgi's hello worker"
    return [summary.Outcome(title, kilobytes / 1024, WORKER_GOAL_MB, "MB", at_most=True)]


def line(sample: rounds.Sample) -> str:
    """Return one measurement as a line of progress."""
    load = sample.load
    marks = [f"INVALID {sample.fault}"] if sample.fault else []
    marks += [f"disturbed: others {sample.other_cpu:.0%}"] if sample.disturbed else []
    return (
        f"round {sample.round + 1} {sample.workload:7} {sample.target:19} "
        f"{load.requests_per_second:9,.0f}/s p50 {load.p50_ms:6.1f} p99 {load.p99_ms:6.1f} ms "
        f"server {sample.server_cpu:4.0%} ({sample.per_cpu_second:7,.0f} per cpu-second) "
        f"wrk {load.generator_cpu:4.0%} {' '.join(marks)}"
    ).rstrip()
