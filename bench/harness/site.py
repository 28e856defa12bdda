"""Where one server of a run lives."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path


def free_ports(count: int) -> list[int]:
    """Return loopback ports that nothing listens on at this moment."""
    with ExitStack() as sockets:
        bound = [sockets.enter_context(socket.socket()) for _ in range(count)]
        for one in bound:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in bound]


@dataclass(frozen=True)
class Site:
    """Where one server lives: its own scratch folder, the applications, its loopback ports."""

    folder: Path
    apps: Path
    manifests: Path
    port: int
    admin_port: int
    ports: Mapping[str, int] = field(default_factory=dict)
    """Of each application, by its workload's key, for a server that can have only one."""
