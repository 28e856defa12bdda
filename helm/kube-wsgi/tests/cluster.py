"""An empty cluster of a test's own, and the commands that are given to it."""

import json
import os
import subprocess
import tempfile
import threading
import time
import unittest
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path

import chart

_CONTROL_PLANE = chart.ROOT / "src/test/cluster/control-plane"
_PATIENCE = 180  # seconds for what others do by themselves, on a machine that is busy
_REMINDER = 5  # seconds


class Failed(Exception):
    """A command that did not do what it was for; the message is its own."""


class Cluster:
    """Commands to the cluster of a directory, by a user who may do everything."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.kubeconfig = self.directory / "kubeconfig"

    def kubectl(self, *arguments, given=None):
        """Run kubectl; returns what it prints. Raises Failed."""
        with self._definitions_end() if "delete" in arguments else nullcontext():
            return self._run([chart.program("kubectl"), *arguments], given)

    def helm(self, helm, *arguments, values=None):
        """Run a Helm, with values if there are any. Raises Failed."""
        given = None if values is None else json.dumps(values)
        more = [] if values is None else ["--values=-"]
        return self._run([chart.program(helm), *arguments, *more], given)

    def shell(self, commands, helm):
        """Run commands of a page, at the root of the checkout. Raises Failed.

        helm: which one they mean
        """
        programs = self.directory / "programs" / helm
        programs.mkdir(parents=True, exist_ok=True)
        for name, program in ("helm", helm), ("kubectl", "kubectl"):
            if not (programs / name).exists():
                (programs / name).symlink_to(chart.program(program))
        environment = {
            **os.environ,
            "KUBECONFIG": str(self.kubeconfig),
            "PATH": f"{programs}:{os.environ['PATH']}",
        }
        with self._definitions_end():
            return _output(["sh", "-ec", commands], cwd=chart.ROOT, env=environment)

    @contextmanager
    def _definitions_end(self):
        """Remind the API server of definitions that are to end.

        When its own writes to one conflict, it looks at it again only minutes later, unless the
        definition changes.
        """
        over = threading.Event()
        reminder = threading.Thread(target=self._remind, args=(over,))
        reminder.start()
        try:
            yield
        finally:
            over.set()
            reminder.join()

    def _remind(self, over):
        while not over.wait(_REMINDER):
            for definition in self.items("crd"):
                if "deletionTimestamp" in definition["metadata"]:
                    name = definition["metadata"]["name"]
                    with suppress(Failed):  # it has ended meanwhile
                        self.kubectl("annotate", "crd", name, "--overwrite", f"seen={time.time()}")

    def get(self, kind, name, namespace="default"):
        """An object; None if there is none."""
        found = self.kubectl(
            "get", kind, name, f"--namespace={namespace}", "--ignore-not-found", "--output=json"
        )
        return json.loads(found) if found else None

    def items(self, kind, *options):
        """All objects of a kind."""
        return json.loads(self.kubectl("get", kind, "--output=json", *options))["items"]

    def apply(self, thing, *options):
        """Apply an object. Raises Failed."""
        self.kubectl("apply", *options, "--filename=-", given=json.dumps(thing))

    def await_that(self, condition, complaint):
        """Ask again until it is so; fails with the complaint."""
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"after {_PATIENCE} s {complaint}")
            time.sleep(0.1)

    def _run(self, command, given):
        return _output([*command, f"--kubeconfig={self.kubeconfig}"], input=given or "")


def _output(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def empty():
    """A cluster that ends with the block, or with this process."""
    chart.program("kubectl")  # skips where none can be built
    with tempfile.TemporaryDirectory() as directory, _control_plane(directory) as control_plane:
        if not control_plane.stdout.readline():
            raise Failed("the control plane has not started: see above")
        try:
            yield Cluster(directory)
        finally:
            control_plane.stdin.close()
            control_plane.stdout.read()


def _control_plane(directory):
    return subprocess.Popen(
        [_CONTROL_PLANE, "run", directory, "--exit-with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class OnAnApiServer(unittest.TestCase):
    """One cluster for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.place = stack.enter_context(empty())
