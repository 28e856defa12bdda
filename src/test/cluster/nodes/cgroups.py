"""The cgroups of a cluster's nodes, below one of its own in each hierarchy of this machine.

A process in the root cgroup has as much of the processors as a whole cgroup beside it. So a node's
daemons are in a cgroup, too, beside that of its pods, as where systemd starts them: else pods would
wait for the daemons, the more of these have work the longer. And a cluster weighs what its nodes
would as machines of their own.
"""

import os
import shlex
import time
from hashlib import sha256
from pathlib import Path

_PATIENCE = 10  # seconds for the kernel to let go of those whose last process has ended

# Of version 2 a cgroup has the controllers that its parent hands on, and a kubelet wants these.
_NEEDED = {"cpu", "cpuset", "hugetlb", "memory", "pids"}

# Of a process, and of a cgroup, unless they are told otherwise.
_WEIGHT = 100


def name_of(directory):
    """The cgroup of a cluster, the same for each start in a directory."""
    return f"kube-wsgi-{sha256(str(directory).encode()).hexdigest()[:12]}"


def make(name):
    for hierarchy in hierarchies():
        _make_below(hierarchy, Path(name).parts)


def _make_below(parent, names):
    _hand_on_controllers(parent)
    group = parent / names[0]
    group.mkdir(exist_ok=True)
    if names[1:]:
        _make_below(group, names[1:])


def _hand_on_controllers(group):
    if (group / "cgroup.subtree_control").exists():
        for controller in _NEEDED & set((group / "cgroup.controllers").read_text().split()):
            (group / "cgroup.subtree_control").write_text(f"+{controller}")


def weigh(name, nodes):
    """Have a cluster's cgroup weigh as much as its nodes' processors all in use.

    nodes: how many it has
    """
    weight = _WEIGHT * nodes * os.cpu_count()
    for group in _of_processors(name):
        if (group / "cpu.weight").exists():
            (group / "cpu.weight").write_text(f"{weight}")
        else:
            (group / "cpu.shares").write_text(f"{weight * 1024 // _WEIGHT}")


def entering(name, command):
    """A command that runs another in a cgroup, as far as processors are concerned."""
    enter = "".join(
        f"echo $$ > {shlex.quote(f'{each}/cgroup.procs')}\n" for each in _of_processors(name)
    )
    return ["sh", "-e", "-c", f'{enter}exec "$@"', "sh", *command]


def _of_processors(name):
    """Where a cgroup's part of the processors is set."""
    weights = ("cpu.weight", "cpu.shares")
    return [each for each in existing(name) if any((each / one).exists() for one in weights)]


def remove(name):
    """Remove a cgroup and those below it, in which no process runs any more."""
    deadline = time.monotonic() + _PATIENCE
    for group in existing(name):
        _remove(group, deadline)


def existing(name):
    """Where it still is."""
    return [each / name for each in hierarchies() if (each / name).is_dir()]


def _remove(group, deadline):
    for child in group.iterdir():
        if child.is_dir():
            _remove(child, deadline)
    while True:
        try:
            group.rmdir()
            return
        except OSError:
            if time.monotonic() > deadline:
                return  # whoever looks for what remains finds it
            time.sleep(0.02)


def hierarchies():
    """Their directories: of version 1 one for each controller, of version 2 one for all."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount, _, system = line.partition(" - ")
        if system.split()[0] in ("cgroup", "cgroup2"):
            yield Path(mount.split()[4])
