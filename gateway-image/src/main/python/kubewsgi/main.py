"""The command line of the worker's zipapp."""

import os
import sys

from kubewsgi import config, worker
from kubewsgi.errors import ConfigError
from kubewsgi.supervisor import BecomeWorker, Supervisor

_USAGE = """usage: kubewsgi.pyz supervise --config FILE [--exit-with-stdin] [--address-file FILE]

  --config FILE        the group's configuration, JSON; it holds the secret: mode 0600
  --exit-with-stdin    drain and exit when the standard input ends
  --address-file FILE  write there where the supervisor listens, once it does
"""


def main(arguments):
    """Runs a command line; the process's exit code."""
    options = _parse(arguments)
    if options is None:
        sys.stderr.write(_USAGE)
        return 2
    try:
        job = _supervise(**options)
    except ConfigError as failure:
        sys.stderr.write(f"{failure}\n")
        return 2
    # What runs from here on in a worker finds Python as if it had been started for it.
    return 0 if job is None else _work(job)


def _supervise(config_file, exit_with_stdin, address_file):
    """Runs the supervisor to its end: None; or, in a process it forked, that worker's job."""
    try:
        with open(config_file, "rb") as file:
            text = file.read()
    except OSError as failure:
        raise ConfigError("KW320", f"{config_file}: {failure.strerror}") from None
    if exit_with_stdin:
        # Whoever holds the other end says when to end: a terminal's Ctrl-C is for them alone.
        os.setpgid(0, 0)
    supervisor = Supervisor(config.parse(text), exit_with_stdin)
    if address_file is not None:
        _announce(address_file, supervisor.address)
    try:
        supervisor.run()
    except BecomeWorker as fate:
        return fate.job
    return None


def _announce(path, address):
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write(f"{address}\n")
    os.replace(f"{path}.new", path)


def _work(job):
    own = sys.path[0]  # the zipapp: everything needed from it has been imported
    if os.path.exists(own) and own == os.path.dirname(os.path.dirname(__file__)):
        del sys.path[0]
    return worker.run(job)


def _parse(arguments):
    options = {"config_file": None, "exit_with_stdin": False, "address_file": None}
    left = list(arguments)
    if not left or left.pop(0) != "supervise":
        return None
    while left:
        option = left.pop(0)
        if option == "--exit-with-stdin":
            options["exit_with_stdin"] = True
        elif option in ("--config", "--address-file") and left:
            name = "config_file" if option == "--config" else "address_file"
            options[name] = left.pop(0)
        else:
            return None
    return options if options["config_file"] else None
