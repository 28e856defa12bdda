"""The result of a run as goals, tables and a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any

from ..report import fact_table, in_sections, table
from ..summary import Outcome
from .exactness import NOTICED_SECONDS, Exactness
from .overload import Overload

RATIO_GOALS = {1: 1.05, 3: 1.10}
"""Of the p99 of waits over that of the central queue, by how many gateways there are."""
GOODPUT_GOAL = 0.95
# A refusal is late by a sweep of the queue (20 ms) and its way.
DEADLINE_GOAL = 1.05


def line(number: int, one: Exactness) -> str:
    """Return a round as a line of progress."""
    over = ", ".join(
        f"{count} over {limit * 1000:g} ms"
        for count, limit in zip(one.idle_noticed, NOTICED_SECONDS)
    )
    return (
        f"round {number + 1} waits p99 {_ms(one.waits.p99)} of {_ms(one.ideal.p99)} ms"
        f" ({one.ratio:.3f}, {one.ratio_as_queued:.3f} as queued); a thread idle beside a wait"
        f" {_ms(one.idle_longest)} ms, {over};"
        f" overtaken {one.overtaken}, by {_ms(one.overtaken_by)} ms; client late {_ms(one.late)} ms"
    )


def overload_line(number: int, one: Overload) -> str:
    """Return a round under overload as a line of progress."""
    return (
        f"round {number + 1} overload: goodput {one.goodput:.1%}, {one.served} served,"
        f" {one.refused} refused, the latest after {_ms(one.latest_refusal)} ms,"
        f" {one.others} others"
    )


def outcomes(servers: Sequence[dict[str, Any]]) -> list[Outcome]:
    """Return what the project promises, as measured."""
    return [
        one
        for server in servers
        if server["ours"]
        for one in [
            _ratio(server),
            _count(
                f"{server['title']}: overtaken in their gateway's queue",
                server["rounds"],
                "overtaken",
            ),
            *(_overload(server) if server["overload"] else []),
        ]
    ]


def _ratio(server: dict[str, Any]) -> Outcome:
    rounds = tuple(one["ratio"] for one in server["rounds"])
    return Outcome(
        f"{server['title']}: p99 of waits / central queue",
        median(rounds),
        RATIO_GOALS[server["gateways"]],
        "×",
        at_most=True,
        rounds=rounds,
    )


def _overload(server: dict[str, Any]) -> list[Outcome]:
    rounds = server["overload"]
    title = server["title"]
    goodput = tuple(one["goodput"] for one in rounds)
    late = tuple(one["latest_refusal"] / one["timeout"] for one in rounds)
    return [
        Outcome(f"{title}, overload: goodput", median(goodput), GOODPUT_GOAL, "×", rounds=goodput),
        Outcome(
            f"{title}, overload: latest refusal / deadline",
            max(late),
            DEADLINE_GOAL,
            "×",
            at_most=True,
            rounds=late,
        ),
        _count(f"{title}, overload: neither 200 nor 503", rounds, "others"),
    ]


def _count(title: str, rounds: Sequence[dict[str, Any]], name: str) -> Outcome:
    """Of something that must not happen at all."""
    counts = tuple(one[name] for one in rounds)
    return Outcome(title, sum(counts), 0, "", at_most=True, rounds=counts)


def markdown(result: dict[str, Any]) -> str:
    """Return the tables of a result document."""
    servers = result["servers"]
    facts = dict(result["machine"])
    for server in servers:
        if server["api_server"]:
            facts["API server"] = server["api_server"]
    sections = [
        ("Goals", goal_table(outcomes(servers))),
        ("Waits", wait_table(servers)),
        ("Idle threads and order", order_table(servers)),
        ("Overload", overload_table(servers)),
        ("Machine and versions", fact_table(facts)),
    ]
    return in_sections(sections)


def page(result: dict[str, Any]) -> str:
    """Return docs/benchmarks-dispatch.md for a result document."""
    settings = result["settings"]
    return (
        "# Exact dispatch\n\n"
        "Written by `bench/dispatch --write-docs`;"
        " [bench/README.md](../bench/README.md#exact-dispatch) says how it measures.\n\n"
        f"Command: `{result['command']}`. {settings['rounds']} rounds, each with a trace of its own"
        f" of {settings['seconds']} s: one request of twenty takes 1 s and the others 1 ms, with"
        f" bursts, to {settings['threads']} threads; and {settings['overload']:g} times what the"
        f" threads can do for {settings['overload_seconds']} s. Medians over the rounds, unless it"
        " says otherwise. The central queue is computed for each round from the same arrivals and"
        " the service times that were measured in it.\n\n" + markdown(result)
    )


def goal_table(found: Sequence[Outcome]) -> str:
    """Return a row for each goal."""
    return table(
        ["", "measured", "goal", "reached", "each round"],
        (
            [
                one.title,
                _with_unit(one.value, one.unit),
                f"{'≤' if one.at_most else '≥'} {_with_unit(one.goal, one.unit)}",
                "yes" if one.reached else "**no**",
                ", ".join(_with_unit(value, "") for value in one.rounds),
            ]
            for one in found
        ),
    )


def _with_unit(value: float | int | None, unit: str) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f} {unit}".rstrip()


def wait_table(servers: Iterable[dict[str, Any]]) -> str:
    """Return a row for each server: its waits, and in parentheses those of the central queue."""
    shares = ("p50", "p90", "p99", "max")
    return table(
        [
            "wait in ms (central queue)",
            *shares,
            "p99 / central queue",
            "the same, in the order of queueing",
        ],
        (
            [
                server["title"],
                *(
                    f"{_ms(_middle(server, lambda one, s=share: one['waits'][s]))}"
                    f" ({_ms(_middle(server, lambda one, s=share: one['ideal'][s]))})"
                    for share in shares
                ),
                f"{_middle(server, lambda one: one['ratio']):.3f} ×",
                f"{_middle(server, lambda one: one['ratio_as_queued']):.3f} ×"
                if server["ours"]
                else "–",
            ]
            for server in servers
        ),
    )


def order_table(servers: Iterable[dict[str, Any]]) -> str:
    """Return a row for each server: what a central queue would not have done."""
    head = [
        "all rounds together",
        "requests",
        "the way there and back, ms",
        "thread idle beside a waiting request, at most, ms",
        *(f"occasions over {limit * 1000:g} ms" for limit in NOTICED_SECONDS),
        "overtaken in their queue",
        "by at most, ms",
        "overtaken in any queue",
        "put back",
    ]
    return table(head, map(_order_row, servers))


def _order_row(server: dict[str, Any]) -> list[str]:
    rounds = server["rounds"]
    noticed = (
        sum(one["idle_noticed"][index] for one in rounds) for index in range(len(NOTICED_SECONDS))
    )
    return [
        server["title"],
        str(sum(one["requests"] for one in rounds)),
        f"{_ms(server['way']['there'], 2)} + {_ms(server['way']['back'], 2)}",
        _ms(max(one["idle_longest"] for one in rounds)),
        *map(str, noticed),
        str(sum(one["overtaken"] for one in rounds)),
        _ms(max(one["overtaken_by"] for one in rounds)),
        str(sum(one["overtaken_anywhere"] for one in rounds)),
        str(server["put_back"]) if server["ours"] else "–",
    ]


def overload_table(servers: Iterable[dict[str, Any]]) -> str:
    """Return a row for each server that was overloaded."""
    rows = [_overload_row(server) for server in servers if server["overload"]]
    head = ["each round", "requests", "200", "503", "others", "goodput", "latest 503, ms"]
    return table(head, rows) if rows else ""


def _overload_row(server: dict[str, Any]) -> list[str]:
    rounds = server["overload"]

    def middle(name: str) -> str:
        return f"{median(one[name] for one in rounds):.0f}"

    return [
        server["title"],
        *(middle(name) for name in ("requests", "served", "refused")),
        str(max(one["others"] for one in rounds)),
        f"{median(one['goodput'] for one in rounds):.1%}",
        f"{_ms(max(one['latest_refusal'] for one in rounds))} of {_ms(rounds[0]['timeout'], 0)}",
    ]


def _middle(server: dict[str, Any], value: Callable[[dict[str, Any]], float]) -> float:
    return median(map(value, server["rounds"]))


def _ms(seconds: float, digits: int = 1) -> str:
    return f"{seconds * 1000:.{digits}f}"
