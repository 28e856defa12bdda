"""The command: options, and the run from packages to report."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from . import debian, machine, report, rounds, startup, summary
from .command import exit_status, write_page
from .errors import BenchError
from .targets import BENCH, CONFIGS, REPOSITORY, TARGETS, Running, Site, Target, free_ports
from .workloads import HELLO, WORKLOADS, Workload
from .wrk import Wrk

SERVER_CORE = 0
LOAD_CORE = 1
CONNECTIONS = 64
START_SECONDS = 60.0
IDLE_SECONDS = 2.0
WORKER_GOAL_MB = 15.0
RESULTS = BENCH / "results"
PAGE = REPOSITORY / "docs" / "benchmarks.md"


def main(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit status."""
    options = parse(arguments)

    def work() -> None:
        if options.results is None:
            result = run(options, "bench/run " + " ".join(arguments))
        else:
            result = json.loads(options.results.read_text())
        print(report.markdown(result))
        if options.write_docs:
            write_page(PAGE, report.page(result))

    return exit_status(work)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(
        prog="bench/run", description="Compare kube-wsgi with mod_wsgi and nginx with uWSGI."
    )
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument("--duration", type=int, default=10, help="seconds of each load (10)")
    parser.add_argument(
        "--warm-up", type=int, default=30, help="seconds of load for each target before (30)"
    )
    parser.add_argument("--targets", type=_choice(TARGETS), help=_keys(TARGETS))
    parser.add_argument("--workloads", type=_choice(WORKLOADS), help=_keys(WORKLOADS))
    parser.add_argument(
        "--quick", action="store_true", help="1 round of 3 s after 6 s: to see that it works"
    )
    parser.add_argument(
        "--write-docs", action="store_true", help="write docs/benchmarks.md from this run"
    )
    parser.add_argument(
        "--results", type=Path, metavar="JSON", help="report an earlier run, measure nothing"
    )
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.duration, options.warm_up = 1, 3, 6
    if min(options.rounds, options.duration, options.warm_up) < 1:
        parser.error("--rounds, --duration and --warm-up are at least 1")
    return options


def _keys(items: Sequence[Target] | Sequence[Workload]) -> str:
    return "comma-separated, default all: " + ", ".join(item.key for item in items)


def _choice(items: Sequence[Target] | Sequence[Workload]) -> Any:
    known = {item.key: item for item in items}

    def choose(text: str) -> list[Any]:
        unknown = [key for key in text.split(",") if key not in known]
        if unknown:
            raise argparse.ArgumentTypeError(
                f"unknown: {', '.join(unknown)}; choose from {', '.join(known)}"
            )
        return [known[key] for key in text.split(",")]

    return choose


def run(options: argparse.Namespace, command: str) -> dict[str, Any]:
    """Measure, store the result document and return it."""
    if len(os.sched_getaffinity(0)) < 2:
        raise BenchError("two cores are needed: one for the servers and one for wrk")
    debian.ensure_installed()
    targets = available(options.targets)
    for target in targets:
        target.build()
    workloads = options.workloads or list(WORKLOADS)
    with scratch_folder() as scratch, ExitStack() as servers:
        # Before anything else runs, because this one is timed on all cores.
        limits = start_limit(targets, scratch, options.rounds)
        running = start(targets, workloads, scratch, servers)
        result = measured(options, command, running, workloads, limits, scratch)
    store(result)
    return result


def available(asked: Sequence[Target] | None) -> list[Target]:
    """Return the targets to measure; one that was asked for by name must be available."""
    chosen = []
    for target in asked or TARGETS:
        reason = target.unavailable()
        if reason is None:
            chosen.append(target)
        elif asked:
            raise BenchError(f"{target.key}: {reason}")
        else:
            say(f"skipping {target.key}: {reason}")
    return chosen


@contextmanager
def scratch_folder() -> Any:
    """Yield a folder that the servers' own accounts can read, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="kube-wsgi-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_limit(targets: Sequence[Target], scratch: Path, repeats: int) -> list[summary.Outcome]:
    """Return the time of the quickstart's start, where it exists."""
    if not any(target.ours for target in targets) or not startup.QUICKSTART.is_dir():
        return []
    say("starting the quickstart")
    seconds = startup.measure(scratch, repeats)
    title = "serve examples/quickstart to its first 200"
    return [summary.Outcome(title, seconds, startup.GOAL_SECONDS, "s", at_most=True)]


def start(
    targets: Sequence[Target], workloads: Sequence[Workload], scratch: Path, servers: ExitStack
) -> list[Running]:
    """Start all targets on their core and return them when each gives the expected answers."""
    running = []
    for name in ("apps", "manifests"):
        shutil.copytree(BENCH / name, scratch / name)
    for target in targets:
        say(f"starting {target.key}")
        folder = scratch / target.key
        folder.mkdir()
        port, admin_port = free_ports(2)
        site = Site(folder, scratch / "apps", scratch / "manifests", port, admin_port)
        server = Running(target, site, SERVER_CORE)
        servers.callback(server.stop)
        server.wait_until_valid(workloads, START_SECONDS)
        running.append(server)
    return running


def measured(
    options: argparse.Namespace,
    command: str,
    running: Sequence[Running],
    workloads: Sequence[Workload],
    limits: Sequence[summary.Outcome],
    scratch: Path,
) -> dict[str, Any]:
    """Warm up, measure all rounds and return the result document."""
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
    return report.document(
        command=command.strip(),
        settings={
            "rounds": options.rounds,
            "seconds": options.duration,
            "warm_up_seconds": options.warm_up,
            "connections": CONNECTIONS,
        },
        facts=machine.facts(next(filter(None, (one.java() for one in running)), None)),
        figures=summary.figures(samples),
        outcomes=[*summary.outcomes(samples), *worker_limit(memory), *limits],
        memory=memory,
        samples=samples,
    )


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


def store(result: dict[str, Any]) -> None:
    """Keep the result document and its tables under bench/results."""
    RESULTS.mkdir(exist_ok=True)
    base = RESULTS / time.strftime("%Y%m%d-%H%M%S")
    base.with_suffix(".json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    base.with_suffix(".md").write_text(report.markdown(result))
    say(f"stored {base.relative_to(REPOSITORY)}.json and .md")


def say(text: str) -> None:
    """Print progress, apart from the report on standard output."""
    print(text, file=sys.stderr, flush=True)
