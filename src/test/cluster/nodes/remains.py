"""What a cluster has of this machine, and whether any of it is left when it has ended."""

import time
from pathlib import Path

from controlplane import processes
from controlplane.failure import Failure
from nodes import cgroups, network

_PATIENCE = 10  # seconds for the kernel, which removes a network namespace when it gets round to it


class Remains:
    """Looks at what there is when it is made, and for what is left of that when asked."""

    def __init__(self, place):
        self.place = place
        self._processes = list(processes.descendants(processes.recorded(place)))
        self._interface = _recorded_interface(place)

    def check(self):
        """Raises Failure for what is left."""
        deadline = time.monotonic() + _PATIENCE
        while self._left() and time.monotonic() < deadline:
            time.sleep(0.02)
        left = self._left()
        if left:
            raise Failure(
                f"KW219 The cluster of {self.place.directory} has ended, but this is left of it:\n"
                + "\n".join(f"  {each}" for each in left)
            )

    def _left(self):
        return [
            *(f"process {each.pid}, {each.name}" for each in self._processes if each.runs()),
            *(f"mount {each}" for each in _mounts_below(self.place.directory)),
            *(f"cgroup {each}" for each in cgroups.existing(self.place.cgroup)),
            *(f"interface {each}" for each in network.interfaces_of(self._interface)),
            *(f"directory {each}" for each in (self.place.nodes,) if each.exists()),
        ]


def _recorded_interface(place):
    try:
        return int(place.network.read_text())
    except FileNotFoundError:
        return None


def _mounts_below(directory):
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount_point = Path(line.split()[4])
        if directory in mount_point.parents:
            yield mount_point
