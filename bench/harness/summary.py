"""From samples to figures: medians over rounds, and ratios taken within each round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from .rounds import Sample
from .targets import (
    GATEWAY_ALONE,
    KUBE_WSGI_DAEMON,
    KUBE_WSGI_EMBEDDED,
    MOD_WSGI_DAEMON,
    MOD_WSGI_EMBEDDED,
    NGINX_GUNICORN,
    NGINX_UWSGI,
    Target,
)
from .workloads import DJANGO, ECHO, HELLO, STREAM, Workload


@dataclass(frozen=True)
class Figure:
    """The medians of one target under one workload."""

    target: str
    workload: str
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    faults: tuple[str, ...]
    """Why the figure is invalid; empty when it is valid."""
    disturbed_rounds: int
    per_cpu_second: float
    generator_cpu: float


@dataclass(frozen=True)
class Ratio:
    """Requests per second of one target over another's; `goal` is the least to reach, if any.

    With `p99`, their 99th percentiles of latency instead, and `goal` is the most.
    """

    over: Target
    under: Target
    workload: Workload
    goal: float | None = None
    p99: bool = False

    @property
    def title(self) -> str:
        what = f"{self.workload.title}, p99" if self.p99 else self.workload.title
        return f"{what}: {self.over.title} / {self.under.title}"

    def of(self, sample: Sample) -> float:
        return sample.load.p99_ms if self.p99 else sample.load.requests_per_second


@dataclass(frozen=True)
class Outcome:
    """A ratio or a limit as measured; `value` is None where it could not be."""

    title: str
    value: float | None
    goal: float | None
    unit: str
    at_most: bool = False
    rounds: tuple[float, ...] = ()
    by_cpu: float | None = None
    """The same ratio by processor time, which load from elsewhere hardly changes."""
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the goal is met; None without a goal or a value."""
        if self.value is None or self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "reached": self.reached}


RATIOS = (
    Ratio(KUBE_WSGI_EMBEDDED, MOD_WSGI_EMBEDDED, HELLO, goal=6.0),
    Ratio(KUBE_WSGI_EMBEDDED, NGINX_UWSGI, HELLO, goal=4.0),
    Ratio(KUBE_WSGI_EMBEDDED, NGINX_UWSGI, HELLO, goal=1.0, p99=True),
    Ratio(KUBE_WSGI_EMBEDDED, GATEWAY_ALONE, HELLO, goal=0.6),
    Ratio(KUBE_WSGI_EMBEDDED, MOD_WSGI_EMBEDDED, DJANGO, goal=1.2),
    Ratio(KUBE_WSGI_EMBEDDED, MOD_WSGI_EMBEDDED, DJANGO, goal=1.0, p99=True),
    Ratio(KUBE_WSGI_DAEMON, NGINX_UWSGI, HELLO, goal=1.5),
    Ratio(KUBE_WSGI_DAEMON, MOD_WSGI_DAEMON, HELLO, goal=4.0),
    Ratio(KUBE_WSGI_DAEMON, NGINX_GUNICORN, HELLO, goal=3.0),
    *(
        Ratio(ours, peer, workload)
        for workload in (ECHO, DJANGO, STREAM)
        for ours, peer in (
            (KUBE_WSGI_EMBEDDED, MOD_WSGI_EMBEDDED),
            (KUBE_WSGI_DAEMON, NGINX_UWSGI),
            (KUBE_WSGI_DAEMON, MOD_WSGI_DAEMON),
            (KUBE_WSGI_DAEMON, NGINX_GUNICORN),
        )
        if (ours, workload) != (KUBE_WSGI_EMBEDDED, DJANGO)
    ),
)


def figures(samples: Sequence[Sample]) -> list[Figure]:
    """Return one figure for each target and workload, in the order they first appear."""
    pairs = dict.fromkeys((sample.workload, sample.target) for sample in samples)
    return [_figure(_of(samples, target, workload)) for workload, target in pairs]


def _of(samples: Iterable[Sample], target: str, workload: str) -> list[Sample]:
    return [one for one in samples if one.target == target and one.workload == workload]


def _figure(samples: list[Sample]) -> Figure:
    def middle(value: Callable[[Sample], float]) -> float:
        return median(map(value, samples))

    return Figure(
        target=samples[0].target,
        workload=samples[0].workload,
        requests_per_second=middle(lambda one: one.load.requests_per_second),
        p50_ms=middle(lambda one: one.load.p50_ms),
        p99_ms=middle(lambda one: one.load.p99_ms),
        faults=tuple(dict.fromkeys(one.fault for one in samples if one.fault is not None)),
        disturbed_rounds=sum(one.disturbed for one in samples),
        per_cpu_second=middle(lambda one: one.per_cpu_second),
        generator_cpu=middle(lambda one: one.load.generator_cpu),
    )


def outcome(ratio: Ratio, samples: Sequence[Sample]) -> Outcome | None:
    """Return the median of a ratio's rounds; None when one side was not measured at all."""
    over = _of(samples, ratio.over.key, ratio.workload.key)
    under = _of(samples, ratio.under.key, ratio.workload.key)
    if not over or not under:
        return None
    if any(one.fault is not None for one in over + under):
        note = "a side is invalid"
        return Outcome(ratio.title, None, ratio.goal, "×", at_most=ratio.p99, note=note)
    rounds = _in_each_round(over, under, ratio.of)
    by_cpu = () if ratio.p99 else _in_each_round(over, under, lambda one: one.per_cpu_second)
    return Outcome(
        ratio.title,
        median(rounds),
        ratio.goal,
        "×",
        at_most=ratio.p99,
        rounds=rounds,
        by_cpu=median(by_cpu) if by_cpu else None,
    )


def _in_each_round(
    over: Sequence[Sample], under: Sequence[Sample], value: Callable[[Sample], float]
) -> tuple[float, ...]:
    """Return the ratios within the rounds; a round whose divisor is zero has none."""
    divisors = {one.round: value(one) for one in under}
    return tuple(value(one) / divisors[one.round] for one in over if divisors[one.round])


def outcomes(samples: Sequence[Sample]) -> list[Outcome]:
    """Return all ratios of which both sides were measured, those with a goal first."""
    found = (outcome(ratio, samples) for ratio in RATIOS)
    return [one for one in found if one is not None]
