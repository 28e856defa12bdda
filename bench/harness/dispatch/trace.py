"""What is sent, when, and to which gateway: made from a seed, kept in a file, sent again from it.

The mix is one long request for many short ones, because that is where a queue that is not central
shows: a short request behind a long one waits for a second, while elsewhere threads are idle.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import BenchError

SHORT_SECONDS = 0.001
LONG_SECONDS = 1.0
ONE_LONG_IN = 20
MEAN_SECONDS = (LONG_SECONDS + (ONE_LONG_IN - 1) * SHORT_SECONDS) / ONE_LONG_IN
# Every trace can be sent to one gateway or to three: to one, what is for another goes there, too.
GATEWAYS = 3
HEAD = "# at in µs, service time in µs, gateway"
_MICROS = 1_000_000


@dataclass(frozen=True)
class Arrival:
    """One request: seconds after the start, seconds that it takes, and where it is sent."""

    at: float
    service: float
    gateway: int = 0


@dataclass(frozen=True)
class Bursts:
    """Requests that come together, `size` of them within a millisecond, every `every` seconds."""

    size: int
    every: float


NONE = Bursts(0, 1.0)


def make(
    seed: int, seconds: float, threads: int, load: float, bursts: Bursts = NONE
) -> list[Arrival]:
    """Return arrivals of so many seconds.

    load: of what `threads` can do, on the average, without the bursts; these come on top of it.
    """
    rng = random.Random(seed)
    times = sorted([*_poisson(rng, seconds, load * threads / MEAN_SECONDS), *_in(bursts, seconds)])
    # Their share is exact, so that a short trace is as heavy as it says.
    services = [LONG_SECONDS if n % ONE_LONG_IN == 0 else SHORT_SECONDS for n in range(len(times))]
    rng.shuffle(services)
    return [_rounded(at, service, rng.randrange(GATEWAYS)) for at, service in zip(times, services)]


def _poisson(rng: random.Random, seconds: float, rate: float) -> Iterator[float]:
    at = rng.expovariate(rate)
    while at < seconds:
        yield at
        at += rng.expovariate(rate)


def _in(bursts: Bursts, seconds: float) -> Iterator[float]:
    if not bursts.size:
        return
    for number in range(int(seconds / bursts.every)):
        start = (number + 0.5) * bursts.every
        for one in range(bursts.size):
            yield start + one * 0.001 / bursts.size


def _rounded(at: float, service: float, gateway: int) -> Arrival:
    """As it comes back from a file, so that a trace and its copy are equal."""
    return Arrival(round(at * _MICROS) / _MICROS, round(service * _MICROS) / _MICROS, gateway)


def write(file: Path, arrivals: Sequence[Arrival]) -> None:
    """Keep a trace: a line for each request."""
    lines = [f"{_micros(one.at)},{_micros(one.service)},{one.gateway}" for one in arrivals]
    file.write_text("\n".join([HEAD, *lines]) + "\n")


def read(file: Path) -> list[Arrival]:
    """Return a trace that was kept, or raise BenchError."""
    try:
        head, *lines = file.read_text().splitlines()
        if head != HEAD:
            raise ValueError(f"the first line is not {HEAD!r}")
        arrivals = [_arrival(line) for line in lines]
    except (OSError, ValueError) as error:
        raise BenchError(f"{file} is no trace: {error}") from error
    if arrivals != sorted(arrivals, key=lambda one: one.at):
        raise BenchError(f"{file} is no trace: its requests are not in the order of their times")
    return arrivals


def _micros(seconds: float) -> int:
    return round(seconds * _MICROS)


def _arrival(line: str) -> Arrival:
    at, service, gateway = map(int, line.split(","))
    if min(at, service) < 0 or not 0 <= gateway < GATEWAYS:
        raise ValueError(f"out of range: {line}")
    return Arrival(at / _MICROS, service / _MICROS, gateway)
