"""The peers come from Debian's packages, so that anybody can have the same ones."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .errors import BenchError

# apache2-bin rather than apache2: the same server without a system service that would start.
PACKAGES = (
    "apache2-bin",
    "libapache2-mod-wsgi-py3",
    "nginx",
    "uwsgi-core",
    "uwsgi-plugin-python3",
    "wrk",
    "python3-django",
)
# --no-upgrade: a benchmark must not change the Python its user already has.
INSTALL = ("apt-get", "install", "--yes", "--no-upgrade", "--no-install-recommends")
NGINX_PID_FILE = Path("/run/nginx.pid")


def versions(packages: tuple[str, ...] = PACKAGES) -> dict[str, str]:
    """Return the version of each installed package; a package that is absent has no entry."""
    command = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Abbrev} ${Version}\n"]
    listing = subprocess.run([*command, *packages], capture_output=True, text=True, check=False)
    return parse_versions(listing.stdout)


def parse_versions(listing: str) -> dict[str, str]:
    """Read `package status version` lines; only status `ii` is installed."""
    rows = (line.split() for line in listing.splitlines())
    return {row[0]: row[2] for row in rows if len(row) == 3 and row[1] == "ii"}


def ensure_installed(packages: tuple[str, ...] = PACKAGES) -> None:
    """Install what is missing when root, or name the command that does."""
    installed = versions(packages)
    absent = [package for package in packages if package not in installed]
    if not absent:
        return
    if os.geteuid() != 0:
        raise BenchError(
            f"these Debian packages are missing; install them with:\n"
            f"  sudo {' '.join(INSTALL)} {' '.join(absent)}"
        )
    print(f"installing {' '.join(absent)}", flush=True)
    nginx_before = _nginx_pid()
    subprocess.run(
        [*INSTALL, *absent],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    if "nginx" in absent and nginx_before is None:
        _stop_started_nginx()


def _nginx_pid() -> int | None:
    try:
        return int(NGINX_PID_FILE.read_text())
    except (OSError, ValueError):
        return None


def _stop_started_nginx() -> None:
    """Stop the service that installing nginx started, and nothing that ran before."""
    if _nginx_pid() is not None:
        subprocess.run(["service", "nginx", "stop"], check=False)
