"""The method: everything warm, then interleaved rounds, so that noise meets all servers alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import procfs
from .targets import Running
from .workloads import Workload
from .wrk import Load, Wrk

# Above this share of the servers' core, other processes have disturbed a measurement.
DISTURBED_FROM = 0.05


@dataclass(frozen=True)
class Sample:
    """One target under one workload in one round."""

    target: str
    workload: str
    round: int
    load: Load
    fault: str | None
    """Why the figures are invalid, or None."""
    server_cpu: float
    """Share of the servers' core that the target itself used."""
    other_cpu: float
    """Share of that core that any other process used: idle servers and strangers."""

    @property
    def per_cpu_second(self) -> float:
        """Requests for each second of processor time: what holds even on a disturbed machine."""
        return self.load.requests_per_second / self.server_cpu if self.server_cpu else 0.0

    @property
    def disturbed(self) -> bool:
        return self.other_cpu > DISTURBED_FROM


def warm_up(
    running: Sequence[Running], workloads: Sequence[Workload], seconds: float, wrk: Wrk
) -> None:
    """Give each target `seconds` of load, divided evenly among its workloads.

    Not so much for each workload: what has one alone would be less warm than the others, since a
    JVM compiles the way of all requests once.
    """
    for server in running:
        served = [one for one in workloads if server.target.serves(one)]
        for workload in served:
            wrk.run(server.target.request(workload), server.port(workload), seconds / len(served))


def idle_cpu(running: Sequence[Running], seconds: float) -> dict[str, float]:
    """Return the share of a core that each target needs while nobody asks it anything."""
    before = [server.cpu_ticks() for server in running]
    time.sleep(seconds)
    ticks = seconds * procfs.TICKS_PER_SECOND
    return {
        server.target.key: (server.cpu_ticks() - start) / ticks
        for server, start in zip(running, before)
    }


def order(items: Sequence[Running], round_number: int) -> list[Running]:
    """Rotate by one per round, so that no target always follows the same one."""
    shift = round_number % len(items) if items else 0
    return [*items[shift:], *items[:shift]]


def measure_rounds(
    running: Sequence[Running],
    workloads: Sequence[Workload],
    rounds: int,
    measure: Callable[[Running, Workload, int], Sample],
) -> list[Sample]:
    """Measure all targets that serve a workload one after the other, in every round."""
    return [
        measure(server, workload, number)
        for number in range(rounds)
        for workload in workloads
        for server in order([one for one in running if one.target.serves(workload)], number)
    ]


class Meter:
    """Measures one target under one workload."""

    def __init__(self, wrk: Wrk, server_core: int, seconds: float):
        self._wrk = wrk
        self._core = server_core
        self._seconds = seconds

    def __call__(self, server: Running, workload: Workload, round_number: int) -> Sample:
        fault = server.fault(workload)
        started = time.monotonic()
        core_before, server_before = procfs.core_ticks(self._core), server.cpu_ticks()
        load = self._wrk.run(server.target.request(workload), server.port(workload), self._seconds)
        core = procfs.core_ticks(self._core) - core_before
        served = server.cpu_ticks() - server_before
        ticks = (time.monotonic() - started) * procfs.TICKS_PER_SECOND
        return Sample(
            target=server.target.key,
            workload=workload.key,
            round=round_number,
            load=load,
            fault=fault or load.fault or server.fault(workload),
            server_cpu=served / ticks,
            other_cpu=max(0.0, core - served) / ticks,
        )
