"""What a run has of the central queue: waits beside its, idle threads, and who was overtaken.

The way of a request to its application and back is no fault of a queue. It is measured in the same
run while nothing else happens (`Way`), and taken off each wait.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from ..cluster.figures import percentile
from . import ideal
from .load import Answer

# Noticeable beside the way, and beside the shortest request.
NOTICED_SECONDS = (0.002, 0.005)
_FOREVER = float("inf")


@dataclass(frozen=True)
class Way:
    """Seconds from client to application, and from there back, of requests that are alone."""

    there: float
    there_p99: float
    back: float


@dataclass(frozen=True)
class Waits:
    """Percentiles of waits, in seconds."""

    p50: float
    p90: float
    p99: float
    max: float


@dataclass(frozen=True)
class Exactness:
    """One round of one server under a trace; times are seconds."""

    requests: int
    waits: Waits
    ideal: Waits
    """In the order in which the requests were sent."""
    ideal_as_queued: Waits
    """In that in which gateways queued them: of a burst, a later one may be read first."""
    idle_longest: float
    """The longest time for which one request waited and one thread was idle."""
    idle_noticed: tuple[int, ...]
    """On how many occasions that was longer than each of NOTICED_SECONDS."""
    overtaken: int
    """Requests that a later one of the same gateway was given a thread before."""
    overtaken_by: float
    """How much earlier, at most."""
    overtaken_anywhere: int
    """The same among the requests of all gateways, whose queues are not one."""
    late: float
    """The most by which the client was behind its trace."""

    @property
    def ratio(self) -> float:
        return self.waits.p99 / self.ideal.p99

    @property
    def ratio_as_queued(self) -> float:
        return self.waits.p99 / self.ideal_as_queued.p99


def way(answers: Sequence[Answer]) -> Way:
    """Return the way by requests that were sent one after the other."""
    there = [one.start - one.sent for one in answers]
    return Way(
        median(there), percentile(there, 0.99), median(one.received - one.end for one in answers)
    )


def compare(answers: Sequence[Answer], way: Way, threads: int, gateways: int = 1) -> Exactness:
    """Compare a run, all of whose requests were served, with the central queue."""
    arrivals = [one.sent + way.there for one in answers]
    waited = [max(0.0, one.start - at) for one, at in zip(answers, arrivals)]
    runs = [(at, one.end - one.start) for one, at in zip(answers, arrivals)]
    best = ideal.waits(runs, threads)
    as_queued = ideal.waits(runs, threads, list(map(_came, answers)))
    beside = idle_beside(answers, arrivals, threads)
    here = overtaken(answers, way.there_p99, lambda one: one.arrival.gateway % gateways)
    anywhere = overtaken(answers, way.there_p99, lambda one: 0)
    first = answers[0].sent - answers[0].arrival.at
    return Exactness(
        requests=len(answers),
        waits=_waits(waited),
        ideal=_waits(best),
        ideal_as_queued=_waits(as_queued),
        idle_longest=max((until - since for since, until in beside), default=0.0),
        idle_noticed=tuple(occasions(beside, limit) for limit in NOTICED_SECONDS),
        overtaken=len(here),
        overtaken_by=max(here, default=0.0),
        overtaken_anywhere=len(anywhere),
        late=max(one.sent - one.arrival.at - first for one in answers),
    )


def _waits(values: Sequence[float]) -> Waits:
    return Waits(*(percentile(values, share) for share in (0.50, 0.90, 0.99)), max(values))


def idle_beside(
    answers: Sequence[Answer], arrivals: Sequence[float], threads: int
) -> list[tuple[float, float]]:
    """Return since when and until when one request waited while one and the same thread was idle.

    From the end of a request to the start of the next, its thread is idle. Some of that is the way
    back and there again, and cannot be less. A thread that has served nothing was idle all along.
    """
    gaps = [gap for runs in _runs(answers).values() for gap in _gaps(runs)]
    gaps += [(-_FOREVER, _FOREVER)] * (threads - len({one.slot for one in answers}))
    waits = sorted((at, one.start) for one, at in zip(answers, arrivals) if one.start > at)
    return [
        (max(since, at), min(until, start))
        for since, until in gaps
        for at, start in waits[: bisect_left(waits, (until,))]
        if start > since
    ]


def _runs(answers: Sequence[Answer]) -> dict[str, list[tuple[float, float]]]:
    runs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in sorted(answers, key=lambda one: one.start):
        runs[one.slot].append((one.start, one.end))
    return runs


def _gaps(runs: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    starts = [start for start, _ in runs]
    ends = [end for _, end in runs]
    return list(zip([-_FOREVER, *ends], [*starts, _FOREVER]))


def occasions(times: Sequence[tuple[float, float]], limit: float) -> int:
    """Return how often there were such times of more than `limit`; overlapping ones are one.

    A processor that is away for a moment leaves several threads idle beside several requests.
    """
    count, end = 0, -_FOREVER
    for since, until in sorted(one for one in times if one[1] - one[0] > limit):
        count += since >= end
        end = max(end, until)
    return count


def overtaken(
    answers: Sequence[Answer], tolerance: float, queue: Callable[[Answer], int]
) -> list[float]:
    """Return by how much requests were overtaken: one of the same queue came later, began earlier.

    Order is that in which the gateway queued them, where it says so: two that are sent at once may
    be read by two of its threads, and of those either may be first.

    tolerance: by which two arrivals or two starts are taken for simultaneous, as the way varies
    """
    queues: dict[int, list[Answer]] = defaultdict(list)
    for one in sorted(answers, key=_came):
        queues[queue(one)].append(one)
    return [by for members in queues.values() for by in _overtaken(members, tolerance)]


def _came(one: Answer) -> float:
    return one.queued or one.sent


def _overtaken(members: Sequence[Answer], tolerance: float) -> list[float]:
    came = list(map(_came, members))
    earliest = [_FOREVER]  # start of any from here on, built from the end
    for one in reversed(members):
        earliest.append(min(earliest[-1], one.start))
    earliest.reverse()
    leads = (one.start - earliest[bisect_left(came, _came(one) + tolerance)] for one in members)
    return [lead for lead in leads if lead > tolerance]
