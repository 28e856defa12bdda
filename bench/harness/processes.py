"""Servers as child processes of the harness: pinned to a core, ended by pid."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from . import procfs
from .errors import BenchError

STOP_TIMEOUT_SECONDS = 20
# Without the user's PATH: mod_wsgi finds Python's library by looking for `python3` in it, and
# every server here must run Debian's.
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
PASSED_ON = ("HOME", "JAVA_HOME", "KUBE_WSGI_JAVA_OPTS", "KUBE_WSGI_SKIP_BUILD")


def environment() -> dict[str, str]:
    """Return the environment of every server: Debian's tools and nothing of the user's shell."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**ENVIRONMENT, **passed_on}


def run_to_its_end(command: list[str], timeout: float | None = None) -> None:
    """Run a command in that environment; raise, with its output, unless it succeeds.

    timeout: in seconds
    """
    run = subprocess.run(
        command,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    if run.returncode != 0:
        raise BenchError(f"`{' '.join(command)}` exited with {run.returncode}:\n{run.stdout}")


class ServerProcess:
    """One running server: its root process and whatever that has started."""

    def __init__(self, command: list[str], log: Path, core: int | None):
        """Start `command`, on `core` alone unless it is None, with its output in `log`."""
        pinned = command if core is None else ["taskset", "--cpu-list", str(core), *command]
        self.command = command
        self.log = log
        with log.open("ab") as output:
            self._root = subprocess.Popen(
                pinned,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(),
                start_new_session=True,  # a Ctrl-C at the terminal is the harness's to handle
            )

    @property
    def pid(self) -> int:
        return self._root.pid

    def tree(self) -> list[procfs.Stat]:
        return procfs.tree(self.pid)

    def check_alive(self) -> None:
        """Raise with the end of the server's own log when it has exited."""
        code = self._root.poll()
        if code is not None:
            raise BenchError(f"{self.command[0]} exited with {code}:\n{self.log_tail()}")

    def log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def stop(self, timeout: float = STOP_TIMEOUT_SECONDS) -> None:
        """End the server and what it started; what is left after `timeout` seconds is killed."""
        members = self.tree()
        if self._root.poll() is None:
            self._root.terminate()
        self._wait_for_end(members, timeout)
        for member in filter(_still_runs, members):
            _kill(member.pid)
        self._wait_for_end(members, timeout)

    def _wait_for_end(self, members: list[procfs.Stat], timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while any(map(_still_runs, members)) and time.monotonic() < deadline:
            self._root.poll()  # reaps the root, which is no longer running then
            time.sleep(0.02)
        self._root.poll()


def wait_until_valid(
    fault: Callable[[], str | None], servers: Sequence[ServerProcess], deadline: float
) -> None:
    """Return once `fault` finds none; raise, with the servers' logs, when they end or it is late.

    deadline: of `time.monotonic()`
    """
    while (found := fault()) is not None:
        for server in servers:
            server.check_alive()
        if time.monotonic() > deadline:
            logs = "\n".join(server.log_tail() for server in servers)
            raise BenchError(f"{found}\n{logs}")
        time.sleep(0.1)


def _still_runs(member: procfs.Stat) -> bool:
    current = procfs.stat(member.pid)
    return current is not None and current.state != "Z" and current.started == member.started


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
