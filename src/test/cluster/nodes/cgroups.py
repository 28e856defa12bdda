"""The cgroups of a cluster's pods, below one of its own in each hierarchy of this machine."""

import time
from hashlib import sha256
from pathlib import Path

_PATIENCE = 10  # seconds for the kernel to let go of those whose last process has ended

# Of version 2 a cgroup has the controllers that its parent hands on, and a kubelet wants these.
_NEEDED = {"cpu", "cpuset", "hugetlb", "memory", "pids"}


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
