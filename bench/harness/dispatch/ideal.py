"""The queue that nothing can beat: central, in the order of arrival, and without a way to go."""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def waits(
    requests: Sequence[tuple[float, float]], threads: int, came: Sequence[float] | None = None
) -> list[float]:
    """Return how long each request waits, in the order given.

    requests: when each arrives, and how long it takes, in seconds
    came: by which they are put in order; None: by their arrival
    """
    order = [arrival for arrival, _ in requests] if came is None else came
    free = [float("-inf")] * threads
    found = [0.0] * len(requests)
    for index in sorted(range(len(requests)), key=order.__getitem__):
        arrival, service = requests[index]
        start = max(arrival, free[0])
        found[index] = start - arrival
        heapq.heapreplace(free, start + service)
    return found
