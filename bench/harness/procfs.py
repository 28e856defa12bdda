"""What Linux knows about processes and cores: children, processor time, memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Stat:
    """The fields of /proc/PID/stat that matter here; `started` tells a reused pid apart."""

    pid: int
    state: str
    parent: int
    cpu_ticks: int
    started: int


@dataclass(frozen=True)
class Memory:
    """Memory of one or more processes in kB: proportional, resident and private to them."""

    pss: int
    rss: int
    private: int

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.pss + other.pss, self.rss + other.rss, self.private + other.private)


NO_MEMORY = Memory(0, 0, 0)


def parse_stat(text: str) -> Stat:
    """Read a /proc/PID/stat line; the command in parentheses may itself hold anything."""
    head, _, tail = text.rpartition(")")
    fields = tail.split()
    return Stat(
        pid=int(head.split("(", 1)[0]),
        state=fields[0],
        parent=int(fields[1]),
        cpu_ticks=int(fields[11]) + int(fields[12]),
        started=int(fields[19]),
    )


def parse_smaps_rollup(text: str) -> Memory:
    """Read /proc/PID/smaps_rollup; its unit is kB."""
    sizes = {}
    for line in text.splitlines()[1:]:
        key, value = line.split(":", 1)
        sizes[key] = int(value.split()[0])
    return Memory(
        pss=sizes["Pss"],
        rss=sizes["Rss"],
        private=sizes["Private_Clean"] + sizes["Private_Dirty"],
    )


def parse_core_ticks(text: str, core: int) -> int:
    """Return the ticks that `core` spent on any process, by the text of /proc/stat."""
    for line in text.splitlines():
        fields = line.split()
        if fields[0] == f"cpu{core}":
            user, nice, system = (int(field) for field in fields[1:4])
            return user + nice + system
    raise ValueError(f"no cpu{core} in /proc/stat")


def core_ticks(core: int) -> int:
    """Return the ticks that `core` has spent on processes since boot."""
    return parse_core_ticks((PROC / "stat").read_text(), core)


def stat(pid: int) -> Stat | None:
    """Return the state of one process, or None when it is gone."""
    try:
        return parse_stat((PROC / str(pid) / "stat").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree(root: int) -> list[Stat]:
    """Return the process `root` and all its descendants."""
    known = [stat(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit()]
    children: dict[int, list[Stat]] = {}
    for process in filter(None, known):
        children.setdefault(process.parent, []).append(process)
    found = [process for process in known if process is not None and process.pid == root]
    for process in found:  # grows while it is walked
        found.extend(children.get(process.pid, []))
    return found


def memory(pid: int) -> Memory:
    """Return the memory of one process, nothing when it is gone."""
    try:
        return parse_smaps_rollup((PROC / str(pid) / "smaps_rollup").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return NO_MEMORY


def title(pid: int) -> str:
    """Return the first word of a command line, which a server may have rewritten and padded."""
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return words[0].decode(errors="replace").strip()
