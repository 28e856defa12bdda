"""Five times what a group can do: what is served then, and how the others are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .load import Answer

REFUSED = 503


@dataclass(frozen=True)
class Overload:
    """One round under overload; times are seconds."""

    requests: int
    goodput: float
    """Of the time of all threads, what went into requests that were answered with 200."""
    served: int
    refused: int
    others: int
    """Answers that are neither 200 nor 503, and requests without an answer."""
    latest_refusal: float
    """From the request to its 503."""
    timeout: float
    """What the queue allows."""


def judge(answers: Sequence[Answer], threads: int, timeout: float) -> Overload:
    """Judge a run; goodput is that from the first full wait to the last request sent.

    A request counts with the service time that it asked for: what the sleep takes beyond that, and
    the hand-over to the next, is lost.
    """
    since, until = answers[0].sent + timeout, answers[-1].sent
    done = sum(_within(one, since, until) for one in answers if one.served)
    served = sum(one.served for one in answers)
    refusals = [one.received - one.sent for one in answers if one.status == REFUSED]
    return Overload(
        requests=len(answers),
        goodput=done / (threads * (until - since)),
        served=served,
        refused=len(refusals),
        others=len(answers) - served - len(refusals),
        latest_refusal=max(refusals, default=0.0),
        timeout=timeout,
    )


def _within(one: Answer, since: float, until: float) -> float:
    """Seconds of service that were asked for and done in this time."""
    inside = max(0.0, min(one.end, until) - max(one.start, since))
    return one.arrival.service * inside / (one.end - one.start)
