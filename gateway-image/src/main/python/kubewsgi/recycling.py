"""When a worker is replaced with nothing wrong about it: mod_wsgi's limits on a process's life.

A worker counts its requests and its idle time itself; the supervisor reads the rest from the
kernel. The replacement is ready before the old worker drains.
"""

import os
import re
from collections import namedtuple

# Workers that started together are not to be replaced together: each has up to a tenth less.
_JITTER = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")

_FIELDS = (
    "maximum_requests",
    "restart_interval",  # seconds
    "inactivity_timeout",  # seconds
    "cpu_time_limit",  # seconds
    "memory_limit",  # bytes
)


# What a worker itself says that it has reached, with what it has in parentheses.
_SAID = re.compile(rb"(maximumRequests|inactivityTimeout|requestTimeout) \([0-9]{1,20}( s)?\)")


def named(said):
    """The limit in a worker's report; None: it is none, as an application can write there, too."""
    return said.decode("ascii") if _SAID.fullmatch(said) else None


class Limits(namedtuple("Limits", _FIELDS, defaults=(None,) * len(_FIELDS))):
    """What a worker may use up; None: without limit."""

    __slots__ = ()

    def of_worker(self):
        """Those that the worker itself sees to, and that cannot be changed while it runs."""
        return self.maximum_requests, self.inactivity_timeout

    def of_supervisor(self):
        """Whether the supervisor has to look at its workers."""
        return any((self.restart_interval, self.cpu_time_limit, self.memory_limit))


class Usage(namedtuple("Usage", ("cpu_seconds", "resident_bytes"))):
    """What a process has used of processors, and has in memory."""

    __slots__ = ()

    @classmethod
    def of(cls, pid):
        """None: it has ended."""
        try:
            # proc(5): utime, stime and rss are fields 14, 15 and 24.
            with open(f"/proc/{pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            return None
        return cls((int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE)


def share():
    """The part of a limit that one worker has."""
    return 1 - _JITTER * int.from_bytes(os.urandom(2), "big") / 65536


def reached(limits, part, age, usage):
    """Which limit a worker has reached, and what it has; None: none. `age` in seconds.

    Memory has no jitter: workers that grow together are replaced one after the other anyway.
    """
    if limits.restart_interval and age >= limits.restart_interval * part:
        return f"restartInterval ({age:.0f} s)"
    if limits.cpu_time_limit and usage.cpu_seconds >= limits.cpu_time_limit * part:
        return f"cpuTimeLimit ({usage.cpu_seconds:.1f} s)"
    if limits.memory_limit and usage.resident_bytes >= limits.memory_limit:
        return f"memoryLimit ({usage.resident_bytes / 2**20:.0f} MiB)"
    return None
