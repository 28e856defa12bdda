"""The command: options, the parts of a run, and what becomes of their results."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import added, applications, chart, compare, machine, reloads, report, rescue, startup
from .command import exit_status, say, scratch_folder, write_page
from .paths import REPOSITORY, RESULTS
from .targets import TARGETS, Target
from .workloads import WORKLOADS, Workload

PAGE = REPOSITORY / "docs" / "benchmarks.md"
PICTURE = REPOSITORY / "docs" / "images" / "benchmarks.svg"
# In the order in which they are measured: the start first, as nothing else may run beside it.
PARTS = {
    "start": startup.part,
    "compare": compare.measure,
    "added": added.measure,
    "memory": applications.measure,
    "rescue": rescue.measure,
    "reloads": reloads.measure,
}
QUICK = {
    "rounds": 1,
    "duration": 3,
    "warm_up": 6,
    "applications": 10,
    "requests": 20_000,
    "reloads": 20,
}


def main(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit status."""
    options = parse(arguments)

    def work() -> None:
        if options.results is None:
            result = run(options, "bench/run " + " ".join(arguments))
        else:
            result = report.merged([json.loads(one.read_text()) for one in options.results])
        print(report.markdown(result))
        if options.write_docs:
            write_page(PICTURE, chart.picture(result))
            write_page(PAGE, report.page(result))

    return exit_status(work)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(
        prog="bench/run", description="Compare kube-wsgi with the servers one would use instead."
    )
    parser.add_argument("--part", choices=tuple(PARTS), action="append", help="some of them alone")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument("--duration", type=int, default=6, help="seconds of each load (6)")
    parser.add_argument(
        "--warm-up", type=int, default=30, help="seconds of load for each target before (30)"
    )
    parser.add_argument("--targets", type=_choice(TARGETS), help=_keys(TARGETS))
    parser.add_argument("--workloads", type=_choice(WORKLOADS), help=_keys(WORKLOADS))
    parser.add_argument(
        "--applications", type=int, default=100, help="of Flask, in the part memory (100)"
    )
    parser.add_argument(
        "--requests", type=int, default=1_000_000, help="at least, in the part reloads (1000000)"
    )
    parser.add_argument("--reloads", type=int, default=1_000, help="in the part reloads (1000)")
    parser.add_argument(
        "--quick", action="store_true", help="as little of each as shows that it works"
    )
    parser.add_argument(
        "--write-docs", action="store_true", help="write docs/benchmarks.md and its picture"
    )
    parser.add_argument(
        "--results",
        type=Path,
        metavar="JSON",
        action="append",
        help="report earlier runs, measure nothing; of several, a part is taken from the last",
    )
    options = parser.parse_args(arguments)
    if options.quick:
        vars(options).update(QUICK)
    if min(getattr(options, name) for name in QUICK) < 1:
        parser.error("rounds, seconds and numbers are at least 1")
    if options.reloads < reloads.FEWEST:
        parser.error(f"--reloads is at least {reloads.FEWEST}")
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
    """Measure the parts that were asked for, keep the result and return it."""
    parts = {}
    for name in (one for one in PARTS if one in (options.part or PARTS)):
        say(f"part {name}")
        began = time.monotonic()
        with scratch_folder() as scratch:
            parts[name] = {"command": command.strip(), **PARTS[name](options, scratch)}
        say(f"part {name} took {time.monotonic() - began:.0f} s")
    result = {"machine": machine.facts(), "parts": parts}
    store(result)
    return result


def store(result: dict[str, Any]) -> None:
    """Keep the result document, its tables and its picture under bench/results."""
    RESULTS.mkdir(exist_ok=True)
    base = RESULTS / time.strftime("%Y%m%d-%H%M%S")
    base.with_suffix(".json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    base.with_suffix(".md").write_text(report.markdown(result))
    base.with_suffix(".svg").write_text(chart.picture(result))
    say(f"stored {base.relative_to(REPOSITORY)}.json, .md and .svg")
