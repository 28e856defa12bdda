"""The directory of a control plane: what lies where."""

import fcntl
import shutil
from contextlib import contextmanager
from pathlib import Path


class Place:
    """A directory that holds one control plane.

    For its users: `kubeconfig`, of a user who may do everything; `env`, to be sourced by a shell;
    `about`, a line that says what it is; `audit.log`, each request; `logs`, a file for each part.
    """

    def __init__(self, directory):
        self.directory = Path(directory).absolute()
        self.kubeconfig = self.directory / "kubeconfig"
        self.env = self.directory / "env"
        self.about = self.directory / "about"
        self.audit_log = self.directory / "audit.log"
        self.logs = self.directory / "logs"
        self.pids = self.directory / "pids"
        self.commands = self.directory / "commands"
        self.trust = self.directory / "trust"
        self.data = self.directory / "data"

    def make(self):
        """Make the directory, for its owner alone, and empty it of an earlier cluster."""
        for each in (self.directory, self.logs, self.pids, self.commands, self.trust):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.forget_cluster()
        for file in (self.audit_log, *self.logs.iterdir()):
            file.unlink(missing_ok=True)

    def forget_cluster(self):
        """Leave only what tells what happened in it."""
        shutil.rmtree(self.data, ignore_errors=True)
        for file in (self.kubeconfig, self.env, self.about):
            file.unlink(missing_ok=True)

    def log(self, part):
        return self.logs / f"{part}.log"

    @contextmanager
    def locked(self):
        """Two commands for the same directory take turns."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
