"""The peers of PyPI: where they are installed, and how each serves one application.

They run Debian's Python and Debian's Django, as all servers here; only they themselves are from
bench/requirements.txt.
"""

from __future__ import annotations

import re
from pathlib import Path

from .paths import BENCH, REPOSITORY
from .processes import run_to_its_end

REQUIREMENTS = BENCH / "requirements.txt"
VENV = REPOSITORY / "target" / "bench"
THREADS = 15
KEEP_ALIVE_SECONDS = 65


def ensure_installed() -> None:
    """Make the virtual environment, unless it is there for these very requirements."""
    wanted = REQUIREMENTS.read_text()
    made_for = VENV / "requirements.txt"
    if made_for.exists() and made_for.read_text() == wanted:
        return
    print(f"installing bench/requirements.txt into {VENV.relative_to(REPOSITORY)}", flush=True)
    # --system-site-packages: for Debian's Django.
    run_to_its_end(
        ["/usr/bin/python3", "-m", "venv", "--clear", "--system-site-packages", str(VENV)]
    )
    pip = [_program("pip"), "install", "--quiet", "--disable-pip-version-check"]
    # --ignore-installed: what Debian has of another version must not be taken instead.
    run_to_its_end([*pip, "--ignore-installed", "--no-deps", "--requirement", str(REQUIREMENTS)])
    made_for.write_text(wanted)


def versions() -> dict[str, str]:
    """Return the pinned version of each package."""
    return parse_requirements(REQUIREMENTS.read_text())


def parse_requirements(text: str) -> dict[str, str]:
    """Read `name==version` lines, comments left out."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)$", text, re.MULTILINE))


def gunicorn(
    folder: Path, bind: str, module: str, prefix: str, threads: int = THREADS
) -> list[str]:
    """gunicorn with one process of `threads` threads for the module's `application`.

    folder: where the module is; bind: HOST:PORT or unix:PATH; prefix: SCRIPT_NAME
    """
    return [
        *_in(folder, f"SCRIPT_NAME={prefix}"),
        _program("gunicorn"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(threads)),
        *("--keep-alive", str(KEEP_ALIVE_SECONDS), "--bind", bind),
        "--no-control-socket",  # it has one place for all gunicorns of a user
        f"{module}:application",
    ]


def waitress(folder: Path, bind: str, module: str, prefix: str) -> list[str]:
    """waitress, which is one process with a pool of threads."""
    return [
        *_in(folder),
        _program("waitress-serve"),
        *(f"--listen={bind}", f"--threads={THREADS}", f"--url-prefix={prefix}"),
        f"--channel-timeout={KEEP_ALIVE_SECONDS}",
        f"{module}:application",
    ]


def granian(folder: Path, bind: str, module: str, prefix: str) -> list[str]:
    """granian with one worker; it does HTTP in Rust and calls the application in its threads."""
    host, _, port = bind.partition(":")
    return [
        *_in(folder),
        _program("granian"),
        *("--interface", "wsgi", "--host", host, "--port", port),
        *("--workers", "1", "--blocking-threads", str(THREADS)),
        *("--url-path-prefix", prefix),
        f"{module}:application",
    ]


def _in(folder: Path, *variables: str) -> list[str]:
    return ["env", f"PYTHONPATH={folder}", *variables]


def _program(name: str) -> str:
    return str(VENV / "bin" / name)
