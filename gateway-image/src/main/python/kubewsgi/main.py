"""The command line of the worker's zipapp."""

import os
import sys

from kubewsgi import config, worker
from kubewsgi.errors import GROUP_CONFIG, ConfigError
from kubewsgi.mounts import DocumentFile, SecretsDirectory
from kubewsgi.supervisor import BecomeWorker, Supervisor

_USAGE = """usage: kubewsgi.pyz supervise --config FILE [OPTION]...

  --config FILE        the group's configuration, JSON; mode 0600 if it holds the secret
  --secrets DIR        let in who shows the secret in the file 'current' or 'previous' there
  --listen HOST:PORT   listen there, whatever the configuration says
  --exit-with-stdin    drain and exit when the standard input ends
  --address-file FILE  write there where the supervisor listens, once it does
"""


class _Options:
    """A command line, taken apart."""

    def __init__(self):
        self.config = None
        self.secrets = None
        self.listen = None
        self.exit_with_stdin = False
        self.address_file = None


def main(arguments):
    """Runs a command line; the process's exit code."""
    options = _parse(arguments)
    if options is None:
        sys.stderr.write(_USAGE)
        return 2
    try:
        job = _supervise(options)
    except ConfigError as failure:
        sys.stderr.write(f"{failure}\n")
        return 2
    # What runs from here on in a worker finds Python as if it had been started for it.
    return 0 if job is None else _work(job)


def _supervise(options):
    """Runs the supervisor to its end: None; or, in a process it forked, that worker's job."""
    document = DocumentFile(options.config)
    wanted = config.parse(document.read())
    config.complete(wanted, _address("--listen", options.listen), options.secrets is not None)
    if options.exit_with_stdin:
        # Whoever holds the other end says when to end: a terminal's Ctrl-C is for them alone.
        os.setpgid(0, 0)
    supervisor = Supervisor(wanted, options.exit_with_stdin)
    if options.secrets is not None:
        supervisor.follow_secrets(SecretsDirectory(options.secrets))
    if wanted.sequence:  # without one nothing would tell whether the file or a PUT is newer
        supervisor.follow_document(document)
    if options.address_file is not None:
        _announce(options.address_file, supervisor.address)
    try:
        supervisor.run()
    except BecomeWorker as fate:
        return fate.job
    return None


def _address(option, value):
    try:
        return None if value is None else config.tcp_address(value)
    except ValueError as failure:
        raise ConfigError(GROUP_CONFIG, f"{option} {value} {failure}") from None


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
    options = _Options()
    left = list(arguments)
    if not left or left.pop(0) != "supervise":
        return None
    while left:
        option = left.pop(0)
        name = option[2:].replace("-", "_")
        if option[:2] != "--" or "_" in option or name not in vars(options):
            return None
        if name == "exit_with_stdin":
            options.exit_with_stdin = True
        elif left:
            setattr(options, name, left.pop(0))
        else:
            return None
    return options if options.config else None
