"""Whether the kernel has killed processes of this cgroup for want of memory."""

import os


class OomKills:
    """Counts them. Where the kernel does not tell, there are none; `root` is where / is."""

    def __init__(self, root="/"):
        self._path = next((p for p in _candidates(root) if _count(p) is not None), None)
        self._seen = self._look()

    def rose(self):
        """Whether there are more than at the last call."""
        before, self._seen = self._seen, self._look()
        return self._seen > before

    def _look(self):
        return _count(self._path) or 0 if self._path else 0


def _candidates(root):
    """Files that may have the count (cgroups(7)), of version 1 or 2."""
    mounted = os.path.join(root, "sys/fs/cgroup")
    try:
        with open(os.path.join(root, "proc/self/cgroup"), encoding="utf-8") as file:
            lines = [line.rstrip("\n").split(":", 2) for line in file]
    except (OSError, ValueError):
        return
    for _, controllers, own in (line for line in lines if len(line) == 3):
        # The path is as seen from the host where a container has no cgroup namespace of its own:
        # then what is mounted is the container's cgroup itself.
        for path in (own.strip("/"), ""):
            if not controllers:
                yield os.path.join(mounted, path, "memory.events")
            elif "memory" in controllers.split(","):
                yield os.path.join(mounted, "memory", path, "memory.oom_control")


def _count(path):
    try:
        with open(path, encoding="ascii") as file:
            fields = dict(line.split() for line in file)
        return int(fields["oom_kill"])
    except (OSError, ValueError, KeyError):
        return None
