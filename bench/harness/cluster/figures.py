"""A figure, and how a list of times becomes one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """What was measured; `goal` is the most that it may be."""

    title: str
    value: float
    goal: float
    unit: str
    detail: str = ""

    @property
    def reached(self) -> bool:
        return self.value <= self.goal


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that `share` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(values: Sequence[float]) -> str:
    """Median, 95th and 99th percentile and the largest of times in milliseconds."""
    p50, p95, p99 = (percentile(values, share) for share in (0.50, 0.95, 0.99))
    most = max(values)
    return f"{len(values)} times: p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f}, max {most:.0f} ms"


def table(measures: Sequence[Measure]) -> str:
    """The markdown table of measures."""
    rows = ["| measure | measured | reach | reached | |", "| --- | ---: | ---: | ---: | --- |"]
    for one in measures:
        reached = "yes" if one.reached else "**no**"
        rows.append(
            f"| {one.title} | {_number(one.value)} {one.unit} | ≤ {_number(one.goal)} {one.unit}"
            f" | {reached} | {one.detail} |"
        )
    return "\n".join(rows)


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.1f}"
