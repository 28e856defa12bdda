"""What the commands of a control plane and of a cluster with nodes have in common.

That is how long it runs, and what they say of it.
"""

import os
import select
import signal
import sys

from controlplane import plane, processes
from controlplane.failure import Failure


def add_options(parser):
    """Those of `run`, below."""
    parser.add_argument(
        "--exit-with-stdin",
        action="store_true",
        help="end it at the end of standard input too, as when the program that holds it has died",
    )


def run(place, start, stop, exit_with_stdin):
    """Start it, and end it when this command is told to; returns the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    if plane.is_up(place):
        raise Failure(f"KW217 A Kubernetes runs in {place.directory} already: end that first.")
    try:
        start()
        say_what_is_up(place)
        _watch(place, [sys.stdin] if exit_with_stdin else [])
    except _Ended:
        pass
    finally:
        stop()
    return 0


class _Ended(BaseException):
    """Somebody asked for the end; of BaseException, so that no clean-up on the way takes it."""


def _end(*_):
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise _Ended


def _watch(place, streams):
    """Returns when a stream has ended; a part that has is a failure."""
    while True:
        ready, _, _ = select.select(streams, [], [], 1)
        if ready and not os.read(ready[0].fileno(), 512):
            return
        ended = plane.ended_part(place)
        if ended:
            raise Failure(f"KW217 The tests' Kubernetes is ended, because {ended}")


def say_what_is_up(place):
    """To standard output only what a shell can evaluate."""
    print(place.about.read_text().strip(), file=sys.stderr, flush=True)
    print(place.env.read_text().splitlines()[0], flush=True)


def say_status(place):
    """Say what runs; returns the exit code."""
    for process in processes.recorded(place):
        print(f"{process.name}: {f'runs as {process.pid}' if process.runs() else 'has ended'}")
    if not plane.is_up(place):
        print(f"nothing is up in {place.directory}")
        return 1
    print(place.about.read_text().strip())
    print(place.env.read_text().splitlines()[0])
    return 0
