"""The command: options, and the run from traces to report."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .. import debian, machine
from ..command import exit_status, say, scratch_folder, write_page
from ..errors import BenchError
from ..paths import BENCH, REPOSITORY, RESULTS
from . import cluster, exactness, overload, report, servers, trace
from .load import Answer, Load
from .overload import Overload
from .servers import LIMITED, PATIENT, QUEUE_SECONDS, SLOTS, Server
from .trace import Arrival

PAGE = REPOSITORY / "docs" / "benchmarks-dispatch.md"
PEER_PACKAGES = ("nginx", "uwsgi-core", "uwsgi-plugin-python3")
# The bursts bring the load to three quarters of what the threads can do.
MIXED_LOAD = 0.55
BURSTS = trace.Bursts(60, 3.0)
OVERLOAD = 5.0
OVERLOAD_SECONDS = 6.0
# Enough to open the connections of a burst, and for the JVM to have compiled the way.
_OPENED_AT_ONCE = 150
_WARM_UP_REQUESTS = 2000
_WARM_UP_PAUSE = 0.0025
_WAY_REQUESTS = 300
_WAY_PAUSE = 0.01


def main(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit status."""
    options = parse(arguments)

    def work() -> None:
        if options.results is None:
            result = run(options, " ".join(["bench/dispatch", *arguments]))
        else:
            result = json.loads(options.results.read_text())
        print(report.markdown(result))
        if options.write_docs:
            write_page(PAGE, report.page(result))

    return exit_status(work)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(
        prog="bench/dispatch",
        description="Compare how requests are given to threads with the ideal central queue.",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the first round's traces (1)")
    parser.add_argument("--seconds", type=float, default=12, help="of a mixed trace (12)")
    parser.add_argument("--rounds", type=int, default=3, help="each with traces of its own (3)")
    parser.add_argument("--part", choices=tuple(PARTS), action="append", help="some of them alone")
    parser.add_argument("--traces", type=Path, metavar="DIR", help="send those of an earlier run")
    parser.add_argument("--quick", action="store_true", help="1 round: to see that it works")
    parser.add_argument(
        "--write-docs", action="store_true", help="write docs/benchmarks-dispatch.md from this run"
    )
    parser.add_argument(
        "--results", type=Path, metavar="JSON", help="report an earlier run, measure nothing"
    )
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds = 1
    if options.rounds < 1 or options.seconds < BURSTS.every:
        parser.error(f"--rounds is at least 1, --seconds at least {BURSTS.every:g}")
    return options


def run(options: argparse.Namespace, command: str) -> dict[str, Any]:
    """Measure, keep traces and result under bench/results, and return the latter."""
    servers.ONE_GATEWAY.build()
    folder = RESULTS / time.strftime("%Y%m%d-%H%M%S-dispatch")
    folder.mkdir(parents=True)
    rounds = traces(options, folder)
    with scratch_folder() as scratch:
        for name in ("apps", "manifests"):
            shutil.copytree(BENCH / name, scratch / name)
        measured = []
        for part in options.part or PARTS:
            for starting in PARTS[part](scratch):
                with starting as server:
                    say(f"measuring {server.title}")
                    measured.append(measure(server, rounds))
    result = {
        "command": command,
        "settings": {
            "rounds": options.rounds,
            "seconds": round(rounds[0].mixed[-1].at),
            "threads": SLOTS,
            "overload": OVERLOAD,
            "overload_seconds": round(rounds[0].heavy[-1].at),
        },
        "machine": _machine(),
        "servers": measured,
    }
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    (folder / "result.json").write_text(text)
    say(f"stored {folder.relative_to(REPOSITORY)}/result.json and the traces")
    return result


# One after the other, each alone: a server is compared with what is computed, not with others.


def _one(scratch: Path) -> Iterator[AbstractContextManager[Server]]:
    yield servers.one_gateway(scratch)


def _peers(scratch: Path) -> Iterator[AbstractContextManager[Server]]:
    debian.ensure_installed(PEER_PACKAGES)
    yield servers.nginx_one_uwsgi(scratch)
    yield servers.nginx_many_uwsgis(scratch)


def _three(scratch: Path) -> Iterator[AbstractContextManager[Server]]:
    yield cluster.three_gateways(scratch)


PARTS = {"one": _one, "peers": _peers, "three": _three}


@dataclass(frozen=True)
class Traces:
    """What is sent in one round; another round has others, as one trace alone proves little."""

    mixed: Sequence[Arrival]
    heavy: Sequence[Arrival]


def traces(options: argparse.Namespace, folder: Path) -> list[Traces]:
    """Return the traces of each round, made or read, and kept in the folder."""
    rounds = []
    for number in range(options.rounds):
        files = [f"mixed-{number + 1}.trace", f"overload-{number + 1}.trace"]
        if options.traces is not None:
            made = [trace.read(options.traces / file) for file in files]
        else:
            seed = options.seed + number
            made = [
                trace.make(seed, options.seconds, SLOTS, MIXED_LOAD, BURSTS),
                trace.make(seed, OVERLOAD_SECONDS, SLOTS, OVERLOAD),
            ]
        for file, arrivals in zip(files, made):
            trace.write(folder / file, arrivals)
        rounds.append(Traces(*made))
    return rounds


def measure(server: Server, rounds: Sequence[Traces]) -> dict[str, Any]:
    """Measure one server: its way, the mixed traces, and the overload where it has a limit."""
    with Load(server.ports, f"/{PATIENT}") as load:
        load.run(_warm_up())
        way = exactness.way(_all_served(load.run(_spaced(_WAY_REQUESTS, _WAY_PAUSE))))
        before = server.put_back()
        compared = []
        for number, one in enumerate(rounds):
            answers = _all_served(load.run(one.mixed))
            compared.append(exactness.compare(answers, way, SLOTS, len(server.ports)))
            say(report.line(number, compared[-1]))
        put_back = server.put_back() - before
    return {
        "title": server.title,
        "gateways": len(server.ports),
        "ours": server.ours,
        "api_server": server.api_server,
        "way": asdict(way),
        "put_back": put_back,
        "rounds": [
            {**asdict(one), "ratio": one.ratio, "ratio_as_queued": one.ratio_as_queued}
            for one in compared
        ],
        "overload": [asdict(one) for one in overloaded(server, rounds)] if server.ours else [],
    }


def overloaded(server: Server, rounds: Sequence[Traces]) -> list[Overload]:
    """Send each round's overload to the group whose queue has limits."""
    judged = []
    with Load(server.ports, f"/{LIMITED}") as load:
        load.run(_warm_up())
        for number, one in enumerate(rounds):
            judged.append(overload.judge(load.run(one.heavy), SLOTS, QUEUE_SECONDS))
            say(report.overload_line(number, judged[-1]))
    return judged


def _warm_up() -> list[Arrival]:
    together = [
        Arrival(0.0, trace.SHORT_SECONDS, n % trace.GATEWAYS) for n in range(_OPENED_AT_ONCE)
    ]
    return together + _spaced(_WARM_UP_REQUESTS, _WARM_UP_PAUSE)


def _spaced(count: int, pause: float) -> list[Arrival]:
    return [
        Arrival(n * pause, trace.SHORT_SECONDS, n % trace.GATEWAYS) for n in range(1, count + 1)
    ]


def _all_served(answers: list[Answer]) -> list[Answer]:
    """The answers, if all are 200: what is refused has no place in the comparison."""
    others = sorted({one.status for one in answers if not one.served})
    if others:
        raise BenchError(f"answers other than 200 where every request may wait: {others}")
    return answers


def _machine() -> dict[str, str]:
    """Facts about the machine, without the servers that only bench/run compares."""
    known = machine.facts()
    names = ("cores", "processor", "memory", "kernel", "system", "java", "python", "kube-wsgi")
    return {name: known[name] for name in (*names, *PEER_PACKAGES) if name in known}
