"""What was measured, on what: a figure means nothing without it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

from . import debian, pypi
from .paths import REPOSITORY
from .processes import environment


def facts() -> dict[str, str]:
    """Return names and values to print; nothing in them tells whose machine it is."""
    packages = debian.versions((*debian.PACKAGES, "python3.11"))
    java = _java()
    return {
        "cores": str(os.cpu_count()),
        "processor": processor(Path("/proc/cpuinfo").read_text()),
        "memory": memory(Path("/proc/meminfo").read_text()),
        "kernel": platform.release(),
        "system": _system(),
        **({"java": _first_line([str(java), "-version"])} if java else {}),
        "python": _first_line(["python3", "--version"]),
        "kube-wsgi": _revision(),
        **packages,
        **(pypi.versions() if pypi.VENV.exists() else {}),
    }


def processor(cpuinfo: str) -> str:
    """Return the model name from /proc/cpuinfo."""
    match = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return match[1].strip() if match else platform.machine()


def memory(meminfo: str) -> str:
    """Return the total memory from /proc/meminfo in GiB."""
    match = re.search(r"^MemTotal:\s+(\d+) kB$", meminfo, re.MULTILINE)
    return f"{int(match[1]) / 2**20:.1f} GiB" if match else "unknown"


def _system() -> str:
    match = re.search(
        r'^PRETTY_NAME="?([^"\n]+)', Path("/etc/os-release").read_text(), re.MULTILINE
    )
    return match[1] if match else "unknown"


def _java() -> Path | None:
    """Return the executable that runs kube-wsgi."""
    found = subprocess.run(
        [str(REPOSITORY / "tools/find-jdk")], capture_output=True, text=True, check=False
    )
    return None if found.returncode else Path(found.stdout.strip()) / "bin/java"


def _revision() -> str:
    """Return the commit of this checkout, marked when files differ from it."""
    described = _first_line(["git", "-C", str(REPOSITORY), "rev-parse", "--short=12", "HEAD"])
    changes = _first_line(["git", "-C", str(REPOSITORY), "status", "--porcelain"])
    return described if changes in ("", "unknown") else f"{described} with changes"


def _first_line(command: list[str]) -> str:
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return ((run.stdout or run.stderr).splitlines() or [""])[0].strip()
