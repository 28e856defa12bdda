"""Processes that outlive the command that starts them, and are ended by their ids alone."""

import ctypes
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from controlplane.failure import Failure
from controlplane.parts import Part

_PR_SET_PDEATHSIG = 1  # prctl(2)


class Process:
    """A process, known by its id and the moment it started: ids are used again, the pair is not."""

    def __init__(self, name, pid, started):
        self.name = name
        self.pid = pid
        self.started = started

    def runs(self):
        return _started(self.pid) == self.started

    def kill(self):
        if self.runs():
            os.kill(self.pid, signal.SIGKILL)

    def forget(self, place):
        _pid_file(place, self.name).unlink()


def start(place, part, bound):
    """Start a part, its output into its log and its id into its pid file; returns that id.

    bound: whether it ends with this command, even when that is killed.
    """
    with place.log(part.name).open("ab") as log:
        child = subprocess.Popen(
            part.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=place.directory,
            start_new_session=True,  # an interrupt from the terminal is for the command
            preexec_fn=_end_with_parent if bound else None,  # noqa: PLW1509 - there is one thread
        )
    record(place, part.name, child.pid)
    _command_file(place, part.name).write_text(json.dumps([str(word) for word in part.command]))
    return child.pid


def restart(place, name, pause):
    """Kill a part that was started, and start it again so many seconds later.

    Meanwhile it is not recorded, so nobody takes its end for the cluster's.
    """
    killed = {process.name: process for process in recorded(place)}.get(name)
    if killed is None or not _command_file(place, name).exists():
        names = ", ".join(file.name for file in sorted(place.commands.glob("*")))
        raise Failure(f"KW217 There is no part {name} in {place.directory}; there are: {names}")
    killed.forget(place)
    whole = descendants([killed])  # a program of a node is the child of what entered its namespaces
    for process in whole:
        process.kill()
    while any(process.runs() for process in whole):
        time.sleep(0.01)
    time.sleep(pause)
    start(place, Part(name, json.loads(_command_file(place, name).read_text())), bound=False)


def record(place, name, pid):
    """Have a process ended with the others."""
    unfinished = place.directory / "pid"
    unfinished.write_text(f"{pid} {_started(pid)}\n")
    unfinished.replace(_pid_file(place, name))


def recorded(place):
    """The processes that pid files name, whether they still run or not."""
    for file in sorted(place.pids.glob("*")):
        pid, _, started = file.read_text().strip().partition(" ")
        yield Process(file.name, int(pid), started)


def descendants(ancestors):
    """Of the processes given those that run, and those that they or theirs have started."""
    children = _children_by_parent()
    found = [process for process in ancestors if process.runs()]
    for process in found:  # it grows meanwhile
        found += children.get(process.pid, ())
    return found


def end(place):
    """End every process that is recorded, at once and without asking: nothing of theirs is kept."""
    processes = list(recorded(place))
    for process in processes:
        process.kill()
    while any(process.runs() for process in processes):
        _reap()
        time.sleep(0.01)
    for process in processes:
        process.forget(place)


def _reap():
    """Take the children that have ended; others' children are init's."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def _pid_file(place, name):
    return place.pids / name


def _command_file(place, name):
    return place.commands / name


def _end_with_parent():
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _children_by_parent():
    children = {}
    for directory in Path("/proc").glob("[0-9]*"):
        name, fields = _stat(directory.name)
        if fields:
            process = Process(name, int(directory.name), fields[18])
            children.setdefault(int(fields[0]), []).append(process)
    return children


def _started(pid):
    """When a process started, in ticks since the machine did; None for one that has ended."""
    _, fields = _stat(pid)
    return fields[18] if fields else None


def _stat(pid):
    """A process's name, and what follows its state in stat of proc(5); None if it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None, None
    before, _, after = stat.rpartition(")")  # the name may hold anything
    state, *fields = after.split()
    return before.partition("(")[2], None if state == "Z" else fields
