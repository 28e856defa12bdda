"""The command line of the worker's zipapp."""

import os
import sys

from kubewsgi import config, process, worker
from kubewsgi.errors import GROUP_CONFIG, SUPERVISOR_FAULT, ConfigError
from kubewsgi.mounts import DocumentFile, SecretsDirectory
from kubewsgi.sources import Sources
from kubewsgi.supervisor import BecomeWorker, Supervisor

_USAGE = """usage: kubewsgi.pyz supervise --config FILE [OPTION]...

  --config FILE        the group's configuration, JSON; mode 0600 if it holds the secret
  --secrets DIR        let in who shows the secret in the file 'current' or 'previous' there
  --listen HOST:PORT   listen there, whatever the configuration says; 0.0.0.0: on every address
  --probes HOST:PORT   answer GET /livez and GET /readyz there
  --sources DIR        put the files of the configuration there; for this supervisor alone
  --exit-with-stdin    drain and exit when the standard input ends
  --address-file FILE  write there where the supervisor listens, once it does
"""


class _Options:
    """A command line, taken apart. Raises ConfigError."""

    def __init__(self, arguments):
        self.config = None
        self.secrets = None
        self.listen = None
        self.probes = None
        self.sources = None
        self.exit_with_stdin = False
        self.address_file = None
        left = list(arguments)
        if not left or left.pop(0) != "supervise":
            raise _misused("the first word must be 'supervise'")
        while left:
            self._take(left.pop(0), left)
        if self.config is None:
            raise _misused("--config is missing")

    def _take(self, option, left):
        name = option[2:].replace("-", "_")
        if option[:2] != "--" or "_" in option or name not in vars(self):
            raise _misused(f"there is no {option}")
        if name == "exit_with_stdin":
            self.exit_with_stdin = True
        elif left:
            setattr(self, name, left.pop(0))
        else:
            raise _misused(f"{option} needs a value")


def _misused(text):
    return ConfigError(GROUP_CONFIG, f"{text}\n\n{_USAGE}")


def main(arguments):
    """Runs a command line; the process's exit code."""
    try:
        job = _supervise(_Options(arguments))
    except ConfigError as failure:
        sys.stderr.write(f"{failure}\n")
        process.leave_last_words(str(failure))
        return 2
    except Exception as failure:
        process.leave_last_words(f"{SUPERVISOR_FAULT}: {type(failure).__name__}: {failure}")
        raise
    # What runs from here on in a worker finds Python as if it had been started for it.
    return 0 if job is None else _work(job)


def _supervise(options):
    """Runs the supervisor to its end: None; or, in a process it forked, that worker's job."""
    document = DocumentFile(options.config)
    wanted = config.parse(document.read())
    config.complete(wanted, _address("listen", options), options.secrets is not None)
    if options.exit_with_stdin:
        # Whoever holds the other end says when to end: a terminal's Ctrl-C is for them alone.
        os.setpgid(0, 0)
    supervisor = Supervisor(wanted, Sources(options.sources), options.exit_with_stdin)
    if options.probes is not None:
        supervisor.answer_probes(_address("probes", options))
    if options.secrets is not None:
        supervisor.follow_secrets(SecretsDirectory(options.secrets))
    if wanted.sequence:  # without one nothing would tell whether the file or a PUT is newer
        supervisor.follow_document(document)
    if options.address_file is not None:
        _announce(options.address_file, supervisor.addresses)
    try:
        supervisor.run()
    except BecomeWorker as fate:
        return fate.job
    return None


def _address(name, options):
    value = getattr(options, name)
    try:
        return None if value is None else config.tcp_address(value)
    except ValueError as failure:
        raise ConfigError(GROUP_CONFIG, f"--{name} {value} {failure}") from None


def _announce(path, addresses):
    try:
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            file.writelines(f"{address}\n" for address in addresses)
        os.replace(f"{path}.new", path)
    except OSError as failure:
        raise ConfigError(GROUP_CONFIG, f"--address-file {path}: {failure.strerror}") from None


def _work(job):
    own = sys.path[0]  # the zipapp: everything needed from it has been imported
    if os.path.exists(own) and own == os.path.dirname(os.path.dirname(__file__)):
        del sys.path[0]
    return worker.run(job)
