"""What each command of the benchmarks does around its work."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from .errors import BenchError
from .targets import REPOSITORY


def exit_status(work: Callable[[], None]) -> int:
    """Do the work; returns the exit status, and says what was in the way."""
    # A terminated harness must still end what it started: turn the signal into an exception.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    try:
        work()
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def write_page(file: Path, text: str) -> None:
    """Keep a page of docs, and say so."""
    file.write_text(text)
    print(f"wrote {file.relative_to(REPOSITORY)}")
