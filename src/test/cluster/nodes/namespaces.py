"""Namespaces, each held by a process.

When that ends, however it does, the kernel ends all that is in them and removes their mounts and
interfaces.
"""

from pathlib import Path

from controlplane import plane, processes
from controlplane.parts import Part

_MAKE_ROOT = Path(__file__).resolve().parent / "make-root"


class Namespaces:
    """Makes them for the cluster of a directory.

    bound: whether they end with this command
    """

    def __init__(self, place, bin_directory, bound):
        self.place = place
        self.bin = bin_directory
        self.bound = bound

    def hold_network(self, name):
        """Start a process that holds a network namespace; returns its id."""
        holder = self._start(name, "--net", self._pause())
        self._wait_for(lambda: holder, name)
        return holder

    def hold_node(self, name, var):
        """Start the first process of a node; returns its id.

        var: the directory of this machine that is its /var
        """
        kinds = ("--pid", "--fork", "--kill-child", "--mount", "--net", "--uts", "--ipc")
        root = (_MAKE_ROOT, name, var, self.bin.parent)
        outside = self._start(f"{name}-namespaces", *kinds, *root, "--", self._pause())
        self._wait_for(lambda: _child(outside), f"{name}-namespaces")
        first = _child(outside)
        processes.record(self.place, name, first)
        return first

    def _pause(self):
        return self.bin / "pause"

    def _start(self, name, *arguments):
        return processes.start(self.place, Part(name, ["unshare", *arguments]), self.bound)

    def _wait_for(self, process, name):
        """Until it runs pause: its namespaces are complete then."""
        plane.wait_for(
            self.place,
            lambda: _program(process()) == self._pause().resolve().name,
            name,
            f"{name} has no namespaces",
        )


def inside(first, *command):
    """A command that runs another in the namespaces and at the root of a node.

    first: the id of its first process
    """
    kinds = ("--pid", "--mount", "--net", "--uts", "--ipc")
    return ["nsenter", f"--target={first}", *kinds, "--root", "--wd=/", *command]


def _child(pid):
    """The only child of a process; None while it has none, and when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())
    except (OSError, ValueError):
        return None


def _program(pid):
    """The name of the file that a process runs."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name
    except OSError:
        return None
