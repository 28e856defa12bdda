"""The control plane's life: it starts, is found again, and leaves nothing behind."""

import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from controlplane import processes
from controlplane.failure import Failure
from controlplane.parts import Part
from controlplane.place import Place

CLUSTER = Path(__file__).resolve().parent.parent
COMMAND = CLUSTER / "control-plane"


class TemporaryPlace(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.place = Place(directory.name)

    def running(self):
        return {each.name: each.pid for each in processes.recorded(self.place) if each.runs()}


class ProcessesTest(TemporaryPlace):
    def setUp(self):
        super().setUp()
        self.place.make()
        self.addCleanup(processes.end, self.place)

    def test_a_process_is_found_again_and_ended_even_if_it_ignores_signals(self):
        self.start("trap '' TERM INT HUP; while :; do sleep 1; done")
        self.assertEqual(["part"], list(self.running()))
        processes.end(self.place)
        self.assertEqual({}, self.running())
        self.assertEqual([], list(self.place.pids.iterdir()))

    def test_a_process_that_was_given_the_same_id_later_is_left_alone(self):
        other = subprocess.Popen(["sleep", "60"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        (self.place.pids / "part").write_text(f"{other.pid} 1\n")
        processes.end(self.place)
        self.assertIsNone(other.poll())

    def test_a_process_that_has_ended_is_not_taken_for_running(self):
        self.start("exit 0")
        self.assertTrue(eventually(lambda: not self.running()))

    def test_a_part_that_is_restarted_is_another_process_of_the_same_command(self):
        self.start("sleep 60 & wait")
        self.assertTrue(eventually(lambda: len(self.family()) == 2))
        before = self.family()
        processes.restart(self.place, "part", 0)
        self.assertEqual([], [each for each in before if each.runs()])
        self.assertTrue(eventually(lambda: len(self.family()) == 2))
        command = Path(f"/proc/{self.running()['part']}/cmdline").read_bytes()
        self.assertIn(b"sleep 60", command)

    def family(self):
        return processes.descendants(list(processes.recorded(self.place)))

    def test_a_part_that_is_not_there_is_not_restarted_and_those_that_are_are_named(self):
        self.start("sleep 60")
        with self.assertRaises(Failure) as failure:
            processes.restart(self.place, "etcd", 0)
        self.assertIn("KW217", str(failure.exception))
        self.assertIn("there are: part", str(failure.exception))

    def test_a_bound_process_ends_with_a_command_that_is_killed(self):
        script = (
            "import os, signal; from controlplane import processes, parts, place;"
            f"processes.start(place.Place({str(self.place.directory)!r}),"
            " parts.Part('part', ['sleep', '60']), bound=True);"
            "os.kill(os.getpid(), signal.SIGKILL)"
        )
        subprocess.run([sys.executable, "-B", "-c", script], cwd=CLUSTER, check=False)
        self.assertEqual(1, len(list(processes.recorded(self.place))))
        self.assertTrue(eventually(lambda: not self.running()))

    def start(self, script):
        processes.start(self.place, Part("part", ["sh", "-c", script]), bound=False)


class ControlPlaneTest(TemporaryPlace):
    def tearDown(self):
        control_plane("stop", self.place)

    def test_starting_again_takes_what_runs_and_replaces_what_has_crashed(self):
        self.assertEqual(0, control_plane("start", self.place).returncode)
        first = self.running()
        self.assertEqual({"etcd", "kube-apiserver", "kube-controller-manager"}, set(first))
        self.assertEqual(0, control_plane("start", self.place).returncode)
        self.assertEqual(first, self.running())

        os.kill(first["kube-apiserver"], 9)
        self.assertEqual(1, control_plane("status", self.place).returncode)
        self.assertEqual(0, control_plane("start", self.place).returncode)
        self.assertEqual(set(), set(first.values()) & set(self.running().values()))
        self.assertEqual(0, control_plane("status", self.place).returncode)

        self.assertEqual(0, control_plane("stop", self.place).returncode)
        self.assertEqual({}, self.running())
        self.assertEqual(0, control_plane("stop", self.place).returncode)

    def test_it_ends_with_the_program_that_holds_its_standard_input(self):
        with subprocess.Popen(
            [COMMAND, "run", self.place.directory, "--exit-with-stdin", "--controllers", "none"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as held:
            up = held.stdout.readline()
            self.assertTrue(up.startswith("export KUBECONFIG="), up)
            parts = [each for each in processes.recorded(self.place) if each.runs()]
            self.assertEqual(2, len(parts))
            held.stdin.close()
            self.assertEqual(0, held.wait(), held.stderr.read())
        self.assertEqual([], [each.name for each in parts if each.runs()])

    def test_a_part_that_ends_is_named_with_the_end_of_its_log(self):
        failed = control_plane("start", self.place, "--controllers", "no-such-controller")
        self.assertEqual(1, failed.returncode)
        first, *others = failed.stderr.splitlines()
        self.assertIn("KW217", first)
        self.assertIn("kube-controller-manager has ended", first)
        self.assertTrue(any("no-such-controller" in line for line in others), failed.stderr)
        self.assertEqual({}, self.running())


def control_plane(command, place, *options):
    return subprocess.run(
        [COMMAND, command, place.directory, *options], capture_output=True, text=True, check=False
    )


def eventually(condition):
    """For what other processes do: true as soon as it is, false after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()
