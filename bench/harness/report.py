"""One result document, as JSON and as the tables people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from .summary import Figure, Outcome
from .targets import TARGETS
from .workloads import WORKLOADS

GENERATOR_FULL_FROM = 0.95
TITLES = {one.key: one.title for one in (*TARGETS, *WORKLOADS)}


def document(
    command: str,
    settings: dict[str, Any],
    facts: dict[str, str],
    figures: Sequence[Figure],
    outcomes: Sequence[Outcome],
    memory: dict[str, Any],
    samples: Iterable[Any],
) -> dict[str, Any]:
    """Return everything about a run in a form that JSON can hold."""
    return {
        "command": command,
        "settings": settings,
        "machine": facts,
        "figures": [asdict(one) for one in figures],
        "outcomes": [{**asdict(one), "reached": one.reached} for one in outcomes],
        "memory": memory,
        "samples": [asdict(one) for one in samples],
    }


def markdown(result: dict[str, Any]) -> str:
    """Return the tables of a result document."""
    sections = [
        ("Ratios and limits", outcome_table(result["outcomes"])),
        ("Requests per second", figure_table(result["figures"])),
        ("Requests for each second of processor time", cpu_table(result["figures"])),
        ("Memory and idle processor time", memory_table(result["memory"])),
        ("Machine and versions", fact_table(result["machine"])),
    ]
    return in_sections(sections)


def in_sections(sections: Iterable[tuple[str, str]]) -> str:
    """Return tables under their titles, without those that have no rows."""
    return "\n\n".join(f"## {title}\n\n{text}" for title, text in sections if text) + "\n"


def page(result: dict[str, Any]) -> str:
    """Return docs/benchmarks.md for a result document."""
    settings = result["settings"]
    return (
        "# Benchmarks\n\n"
        "Written by `bench/run --write-docs`; `bench/README.md` says how it measures and what "
        "makes the comparison fair.\n\n"
        f"Command: `{result['command']}`. {settings['rounds']} interleaved rounds of "
        f"{settings['seconds']} s, {settings['connections']} keep-alive connections, every server "
        "on one core and wrk on another. Medians over the rounds; each ratio is taken within a "
        "round, and the median of those is shown. Figures move by 15 to 25 % from run to run on a "
        "shared machine; ratios move less.\n\n"
        "How exactly requests are given to threads is in "
        "[benchmarks-dispatch.md](benchmarks-dispatch.md), and what a cluster costs in "
        "[benchmarks-cluster.md](benchmarks-cluster.md).\n\n" + markdown(result)
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a markdown table; all columns but the first are numbers and align right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure_table(figures: Sequence[dict[str, Any]]) -> str:
    """Return a row for each target: requests per second, p50 and p99 for each workload."""
    rows = _grid("requests/s (p50, p99 in ms)", figures, _figure_cell)
    return "\n".join([rows, *(f"\n{note}" for note in _notes(figures))])


def cpu_table(figures: Sequence[dict[str, Any]]) -> str:
    """Return a row for each target: requests for each second of its processor time."""
    return _grid("requests/s", figures, lambda figure: _number(figure["per_cpu_second"]))


def _grid(
    corner: str, figures: Sequence[dict[str, Any]], cell: Callable[[dict[str, Any]], str]
) -> str:
    workloads = dict.fromkeys(one["workload"] for one in figures)
    found = {(one["target"], one["workload"]): one for one in figures}
    rows = [
        [
            TITLES[target],
            *(
                cell(found[target, workload]) if (target, workload) in found else "–"
                for workload in workloads
            ),
        ]
        for target in _in_order(one["target"] for one in figures)
    ]
    return table([corner, *(TITLES[workload] for workload in workloads)], rows)


def _in_order(targets: Iterable[str]) -> list[str]:
    present = set(targets)
    return [one.key for one in TARGETS if one.key in present]


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")


def _figure_cell(figure: dict[str, Any]) -> str:
    rate = _number(figure["requests_per_second"])
    text = f"{rate} ({figure['p50_ms']:.1f}, {figure['p99_ms']:.1f})"
    return f"INVALID {text}" if figure["faults"] else text


def _notes(figures: Sequence[dict[str, Any]]) -> Iterable[str]:
    for one in figures:
        if one["faults"]:
            yield f"INVALID: {_name(one)}: {'; '.join(one['faults'])}."
    disturbed = [_name(one) for one in figures if one["disturbed_rounds"]]
    if disturbed:
        yield f"Disturbed by other processes on the servers' core: {'; '.join(disturbed)}."
    full = [_name(one) for one in figures if one["generator_cpu"] > GENERATOR_FULL_FROM]
    if full:
        yield f"Limited by wrk, whose core was full; the server may be faster: {'; '.join(full)}."


def _name(figure: dict[str, Any]) -> str:
    return f"{TITLES[figure['target']]}, {TITLES[figure['workload']]}"


def outcome_table(outcomes: Sequence[dict[str, Any]]) -> str:
    """Return a row for each ratio and limit."""
    if not outcomes:
        return ""
    return table(
        ["", "measured", "goal", "reached", "each round", "by processor time"],
        (_outcome_row(one) for one in outcomes),
    )


def _outcome_row(one: dict[str, Any]) -> list[str]:
    sign = "≤" if one["at_most"] else "≥"
    unit = one["unit"]
    measured = one["note"] if one["value"] is None else f"{one['value']:.2f} {unit}"
    goal = "" if one["goal"] is None else f"{sign} {one['goal']:g} {unit}"
    reached = {None: "", True: "yes", False: "**no**"}[one["reached"]]
    return [
        one["title"],
        measured,
        goal,
        reached,
        ", ".join(f"{value:.2f}" for value in one["rounds"]),
        "" if one["by_cpu"] is None else f"{one['by_cpu']:.2f} {unit}",
    ]


def memory_table(memory: dict[str, Any]) -> str:
    """Return a row for each target; memory in MB of 1024 kB."""
    head = ["", "PSS of all processes", "processes", "PSS of the hello worker", "idle processor"]
    rows = [
        [
            TITLES[target],
            _megabytes(memory[target]["pss_kb"]),
            str(memory[target]["processes"]),
            _megabytes(memory[target]["hello_worker_pss_kb"]),
            f"{memory[target]['idle_cpu']:.1%}",
        ]
        for target in _in_order(memory)
    ]
    return table(head, rows)


def _megabytes(kilobytes: int | None) -> str:
    return "–" if kilobytes is None else f"{kilobytes / 1024:.1f} MB"


def fact_table(facts: dict[str, str]) -> str:
    """Return a row for each fact about the machine."""
    return table(["", "value"], ([name, value] for name, value in facts.items()))
