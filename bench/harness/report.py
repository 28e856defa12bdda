"""The result of a run as the tables that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any

from .errors import BenchError
from .targets import TARGETS
from .workloads import WORKLOADS

GENERATOR_FULL_FROM = 0.95
TITLES = {one.key: one.title for one in (*TARGETS, *WORKLOADS)}
# In the order in which they are reported.
PARTS = ("compare", "added", "memory", "start", "rescue", "reloads")


def merged(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one document with all parts, each as the last result has it.

    Facts about the machine in which results differ, such as the commit, are all given.
    """
    facts: dict[str, list[str]] = {}
    for result in results:
        if "parts" not in result:
            raise BenchError("a result without parts is of an earlier bench/run: measure again")
        for name, value in result["machine"].items():
            facts.setdefault(name, []).append(value)
    return {
        "machine": {name: "; ".join(dict.fromkeys(values)) for name, values in facts.items()},
        "parts": {name: part for result in results for name, part in result["parts"].items()},
    }


def markdown(result: dict[str, Any]) -> str:
    """Return the tables of a result document."""
    parts = result["parts"]
    compared = parts.get("compare", {"figures": [], "memory": {}})
    found = [one for name in PARTS for one in parts.get(name, {"outcomes": []})["outcomes"]]
    sections = [
        ("Ratios and limits", outcome_table([one for one in found if one["goal"] is not None])),
        ("Without a goal", outcome_table([one for one in found if one["goal"] is None])),
        ("Requests per second", figure_table(compared["figures"])),
        ("Requests for each second of processor time", cpu_table(compared["figures"])),
        ("Memory and idle processor time", memory_table(compared["memory"])),
        ("Latency at half load", latency_table(parts.get("added"))),
        ("Many Flask applications", applications_table(parts.get("memory"))),
        ("Reloads under load", reload_table(parts.get("reloads"))),
        ("Machine and versions", fact_table(result["machine"])),
    ]
    return in_sections(sections)


def in_sections(sections: Iterable[tuple[str, str]]) -> str:
    """Return tables under their titles, without those that have no rows."""
    return "\n\n".join(f"## {title}\n\n{text}" for title, text in sections if text) + "\n"


def page(result: dict[str, Any]) -> str:
    """Return docs/benchmarks.md for a result document."""
    paragraphs = [
        "# Benchmarks",
        "Written by `bench/run --write-docs`; [bench/README.md](../bench/README.md) says how it "
        "measures and what makes the comparison fair.",
        commands(result["parts"]),
        *(METHODS[name](result["parts"][name]) for name in PARTS if name in result["parts"]),
        "How exactly requests are given to threads is in "
        "[benchmarks-dispatch.md](benchmarks-dispatch.md), and what a cluster costs in "
        "[benchmarks-cluster.md](benchmarks-cluster.md).",
        "![Requests per second of each server for each workload, and the memory of kube-wsgi over "
        "reloads under load; the tables below have the same figures.](images/benchmarks.svg)",
    ]
    return "\n\n".join(paragraphs) + "\n\n" + markdown(result)


def commands(parts: dict[str, Any]) -> str:
    """Return the commands that the parts were measured with."""
    by_command: dict[str, list[str]] = {}
    for name in (one for one in PARTS if one in parts):
        by_command.setdefault(parts[name]["command"], []).append(name)
    if len(by_command) == 1:
        return f"Command: `{next(iter(by_command))}`."
    told = (f"`{command}` ({', '.join(names)})" for command, names in by_command.items())
    return f"Commands: {'; '.join(told)}."


def _compare_method(part: dict[str, Any]) -> str:
    settings = part["settings"]
    return (
        f"Requests per second: {settings['rounds']} interleaved rounds of {settings['seconds']} s, "
        f"{settings['connections']} keep-alive connections, every server on one core and wrk on "
        "another. Medians over the rounds; each ratio is taken within a round, and the median of "
        "those is shown. Figures move by 15 to 25 % from run to run on a shared machine; ratios "
        "move less."
    )


def _added_method(part: dict[str, Any]) -> str:
    settings = part["settings"]
    return (
        f"Added latency: {_number(settings['requests_per_second'])} requests/s, half of the "
        f"capacity, open-loop for {settings['seconds']} s in each of {settings['rounds']} rounds, "
        "through the gateway and straight to a worker."
    )


def _memory_method(part: dict[str, Any]) -> str:
    settings = part["settings"]
    return (
        f"Many applications: {settings['applications']} Flask applications, "
        f"{settings['threads']} threads, asked once each; the gateway is counted."
    )


def _start_method(part: dict[str, Any]) -> str:
    return f"Start: {part['settings']['starts']} starts with the AOT cache and both cores free."


def _rescue_method(part: dict[str, Any]) -> str:
    settings = part["settings"]
    return (
        f"Rescue: each request that never ends was sent {settings['times']} times to one thread "
        f"with a requestTimeout of {settings['limit_seconds']:.0f} s; the latest counts."
    )


def _reloads_method(part: dict[str, Any]) -> str:
    settings = part["settings"]
    return (
        f"Reloads: {_number(settings['reloads'])} edits of the script while at least "
        f"{_number(settings['requests'])} requests are sent, each answer checked; growth is from "
        f"the tenth after a warm-up of {settings['warm_up_share']:.0%} of the reloads to the last "
        "tenth."
    )


METHODS = {
    "compare": _compare_method,
    "added": _added_method,
    "memory": _memory_method,
    "start": _start_method,
    "rescue": _rescue_method,
    "reloads": _reloads_method,
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a markdown table; all columns but the first are numbers and align right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure_table(figures: Sequence[dict[str, Any]]) -> str:
    """Return a row for each target: requests per second, p50 and p99 for each workload."""
    if not figures:
        return ""
    rows = _grid("requests/s (p50, p99 in ms)", figures, _figure_cell)
    return "\n".join([rows, *(f"\n{note}" for note in _notes(figures))])


def cpu_table(figures: Sequence[dict[str, Any]]) -> str:
    """Return a row for each target: requests for each second of its processor time."""
    if not figures:
        return ""
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
    measured = one["note"] if one["value"] is None else _with_unit(one["value"], unit)
    goal = "" if one["goal"] is None else f"{sign} {one['goal']:g} {unit}".rstrip()
    reached = {None: "", True: "yes", False: "**no**"}[one["reached"]]
    return [
        one["title"],
        measured,
        goal,
        reached,
        ", ".join(f"{value:.2f}" for value in one["rounds"]),
        "" if one["by_cpu"] is None else f"{one['by_cpu']:.2f} {unit}",
    ]


def _with_unit(value: float | int, unit: str) -> str:
    return f"{value} {unit}".rstrip() if isinstance(value, int) else f"{value:.2f} {unit}"


def memory_table(memory: dict[str, Any]) -> str:
    """Return a row for each target; memory in MB of 1024 kB."""
    if not memory:
        return ""
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


def _megabytes(kilobytes: float | None) -> str:
    return "–" if kilobytes is None else f"{kilobytes / 1024:.1f} MB"


def latency_table(part: dict[str, Any] | None) -> str:
    """Return a row for each way of a daemon request, the medians over the rounds."""
    if part is None:
        return ""
    head = ["ms, medians over the rounds", "p50", "p99", "sent late, p99"]
    return table(head, (_latency_row(title, key, part["rounds"]) for key, title in WAYS.items()))


WAYS = {"gateway": "through the gateway", "worker": "straight to a worker"}


def _latency_row(title: str, key: str, rounds: Sequence[dict[str, Any]]) -> list[str]:
    names = ("p50", "p99", "late_p99")
    return [title, *(f"{median(one[key][name] for one in rounds):.3f}" for name in names)]


def applications_table(part: dict[str, Any] | None) -> str:
    """Return a row for each arrangement of the Flask applications."""
    if part is None:
        return ""
    count = part["settings"]["applications"]
    rows = [
        [
            one["title"],
            _megabytes(one["pss_kb"]),
            _megabytes(one["pss_kb"] / count),
            str(one["processes"]),
        ]
        for one in part["servers"].values()
    ]
    return table([f"{count} applications", "PSS of all processes", "of each", "processes"], rows)


def reload_table(part: dict[str, Any] | None) -> str:
    """Return a row for each mode: what was answered, and what memory it had."""
    if part is None:
        return ""
    head = [
        "",
        "answers",
        "failures",
        "reloads",
        "edit to first answer of it, p50 (max)",
        "RSS after warm-up",
        "RSS at the end",
        "PSS at the end",
    ]
    return table(head, map(_reload_row, part["modes"].values()))


def _reload_row(mode: dict[str, Any]) -> list[str]:
    last = mode["points"][-1]
    return [
        mode["title"],
        _number(mode["answers"]),
        f"INVALID {mode['failures']}" if mode["failures"] else "0",
        _number(mode["reloads"]),
        f"{mode['reload_p50_s'] * 1000:.0f} ({mode['reload_max_s'] * 1000:.0f}) ms",
        _megabytes(mode["rss_before_kb"]),
        _megabytes(mode["rss_after_kb"]),
        _megabytes(last["gateway_pss"] + last["workers_pss"]),
    ]


def fact_table(facts: dict[str, str]) -> str:
    """Return a row for each fact about the machine."""
    return table(["", "value"], ([name, value] for name, value in facts.items()))
