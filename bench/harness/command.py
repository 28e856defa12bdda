"""What each command of the benchmarks does around its work."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import BenchError
from .paths import REPOSITORY


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


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a folder that the servers' own accounts can read, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="kube-wsgi-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def say(text: str) -> None:
    """Print progress, apart from the report on standard output."""
    print(text, file=sys.stderr, flush=True)
