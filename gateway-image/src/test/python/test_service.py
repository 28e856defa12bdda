"""A group without threads: its workers serve no requests, and run what they preload."""

import os
import signal
import tempfile
import unittest

from support import APPS, Group, Pod, is_alive, kill, wait_for, workers

SERVICE = os.path.join(APPS, "service.py")


def service(revision="1", script=SERVICE, **changes):
    return {"id": "id-0", "revision": revision, "preload": [{"script": script}], **changes}


class ServiceTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.journal = os.path.join(self.directory, "journal")

    def settings(self, **changes):
        settings = {
            "threads": 0,
            "env": {"JOURNAL": self.journal},
            "applicationGroups": [service()],
        }
        return {**settings, **changes}

    def pids(self, what):
        """Of those that have noted that they began, or ended, in their order."""
        try:
            with open(self.journal, encoding="ascii") as file:
                words = [line.split() for line in file]
        except FileNotFoundError:
            return []
        return [int(pid) for noted, pid in words if noted == what]

    def await_ready(self, group, number):
        """The pid of the `number`th that began, once its import is done, too."""
        wait_for(lambda: len(self.pids("began")) == number)
        pid = self.pids("began")[-1]
        ready = {"pid": pid, "state": "ready"}
        group.await_state(lambda s: any({**w, **ready} == w for w in workers(s)))
        return pid

    def assert_one_after_the_other(self):
        """Nobody began before the one before had ended."""
        with open(self.journal, encoding="ascii") as file:
            noted = [line.split()[0] for line in file]
        self.assertEqual(noted, (["began", "ended"] * len(noted))[: len(noted)])

    def test_it_runs_and_takes_no_requests(self):
        with Group(**self.settings()) as group:
            (worker,) = workers(group.await_ready())
            self.assertEqual(self.await_ready(group, 1), worker["pid"])
            self.assertEqual(worker["threads"], 0)
            with group.request_slot() as slot:
                self.assertEqual(slot.status, 503)
            self.assertTrue(is_alive(worker["pid"]))

    def test_a_pod_is_ready_once_it_is_imported(self):
        gate = os.path.join(self.directory, "gate")
        os.mkfifo(gate)
        script = os.path.join(self.directory, "waits.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"open({gate!r}).read()\n")
        settings = self.settings(applicationGroups=[service(script=script)])
        with Pod(**settings) as pod:
            status, text = pod.probe("/readyz")
            self.assertEqual(
                (status, text), (503, "starting: 0 of 1 application groups imported\n")
            )
            with open(gate, "w", encoding="utf-8"):  # the import goes on
                pass
            pod.await_ready()
            self.assertEqual(pod.probe("/readyz")[0], 200)

    def test_one_that_dies_is_replaced_and_less_often_if_it_goes_on_dying(self):
        with Group(**self.settings()) as group:
            for number in range(1, 5):
                kill(self.await_ready(group, number), signal.SIGKILL)
            state = group.await_state(lambda s: len(s["exits"]) == 4)
            self.assertEqual(workers(state), [])  # the fourth short life in a row: a wait
            self.await_ready(group, 5)

    def test_an_edit_ends_the_old_one_before_the_new_one_begins(self):
        with Group(**self.settings()) as group:
            first = self.await_ready(group, 1)
            group.put({**group.config, "applicationGroups": [service("2")]})
            second = self.await_ready(group, 2)
            self.assertEqual(workers(group.await_ready(), revision="2")[0]["pid"], second)
            self.assertEqual(self.pids("ended"), [first])
            self.assert_one_after_the_other()

    def test_a_limit_ends_it_before_another_one_begins(self):
        with Pod(**self.settings()) as pod:
            first = self.await_ready(pod, 1)
            pod.mount(sequence=2, memoryLimit=1)
            state = pod.await_state(lambda s: s["exits"])
            self.assertEqual((state["exits"][0]["pid"], state["exits"][0]["exitCode"]), (first, 0))
            self.assertIn("memoryLimit", state["exits"][0]["limit"])
            pod.mount(sequence=3)
            wait_for(lambda: len(self.pids("began")) > len(self.pids("ended")))
            self.assert_one_after_the_other()

    def test_sigterm_to_one_ends_it_before_another_one_begins(self):
        with Group(**self.settings()) as group:
            first = self.await_ready(group, 1)
            kill(first, signal.SIGTERM)
            self.await_ready(group, 2)
            self.assertTrue(group.await_state(lambda s: s["exits"])["exits"][0]["expected"])
            self.assert_one_after_the_other()

    def test_sigterm_to_the_supervisor_lets_it_end(self):
        with Group(**self.settings()) as group:
            first = self.await_ready(group, 1)
            kill(group.process.pid, signal.SIGTERM)
            self.assertEqual(group.process.wait(20), 0)
            self.assertEqual(self.pids("ended"), [first])

    def test_one_that_does_not_end_is_killed_after_the_shutdown_timeout(self):
        script = os.path.join(APPS, "hangs_on_exit.wsgi")
        changes = {"applicationGroups": [service(script=script)], "shutdownTimeout": 0.2}
        with Group(**self.settings(**changes)) as group:
            kill(workers(group.await_ready())[0]["pid"], signal.SIGTERM)
            state = group.await_state(lambda s: s["exits"])
            self.assertEqual(state["exits"][0]["signalName"], "SIGKILL")

    def test_all_processes_of_it_run_at_once(self):
        with Group(**self.settings(processes=2)) as group:
            group.await_ready(workers=2)
            wait_for(lambda: len(self.pids("began")) == 2)
            self.assertEqual(self.pids("ended"), [])

    def test_one_that_is_taken_out_ends(self):
        with Group(**self.settings()) as group:
            first = self.await_ready(group, 1)
            group.put({**group.config, "applicationGroups": []})
            group.await_state(lambda s: not s["applicationGroups"])
            self.assertEqual(self.pids("ended"), [first])


if __name__ == "__main__":
    unittest.main()
