"""What a worker imports before its application, and what becomes of it when that fails."""

import os
import tempfile
import unittest

from support import APPS, Group, application_group, workers

EARLY = os.path.join(APPS, "early.py")


def preloading(*entries, path=(APPS,)):
    """Of a group whose application says what was imported before it."""
    python = {"path": list(path)}
    return [application_group("id-0", "late.wsgi", preload=list(entries), python=python)]


def failure_of(group):
    def failed(state):
        return state["applicationGroups"] and state["applicationGroups"][0]["failure"]

    return group.await_state(failed)["applicationGroups"][0]["failure"]


class PreloadTest(unittest.TestCase):
    def write(self, text):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        path = os.path.join(directory.name, "written.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_every_worker_imports_it_in_order_before_the_application(self):
        entries = {"module": "early"}, {"script": EARLY}
        with Group(applicationGroups=preloading(*entries), processes=2) as group:
            group.await_ready(workers=2)
            with group.slot() as one, group.slot() as other:
                self.assertNotEqual(one.worker, other.worker)
                for slot in (one, other):
                    self.assertEqual(slot.ask("late.wsgi")[2], b"early\n_kubewsgi_0_early")

    def test_a_script_that_is_named_twice_runs_once(self):
        script = os.path.join(APPS, "late.wsgi")
        entries = {"script": EARLY}, {"script": EARLY}, {"script": script}
        groups = preloading(*entries)
        with Group(applicationGroups=groups) as group, group.slot_when_ready() as slot:
            self.assertEqual(slot.ask("late.wsgi")[2], b"_kubewsgi_0_early")

    def test_without_it_nothing_is_imported_before(self):
        with Group(applicationGroups=preloading()) as group, group.slot_when_ready() as slot:
            self.assertEqual(slot.ask("late.wsgi")[2], b"")

    def test_one_that_raises_is_reported_with_its_line_and_tried_again(self):
        script = self.write("x = 1\nraise LookupError('on purpose')\n")
        with Group(applicationGroups=preloading({"script": script})) as group:
            failure = failure_of(group)
            self.assertEqual(failure["code"], "KW304")
            self.assertIn("LookupError", failure["message"])
            self.assertIn(f'File "{script}", line 2', failure["traceback"])
            state = group.await_state(lambda s: len(s["exits"]) == 2)
            self.assertFalse([w for w in workers(state) if w["state"] == "ready"])

    def test_a_module_that_is_not_there_is_named_with_the_cure(self):
        with Group(applicationGroups=preloading({"module": "no.such"})) as group:
            failure = failure_of(group)
            self.assertEqual(failure["code"], "KW304")
            self.assertIn("the module no.such", failure["message"])
            self.assertIn("python.path", failure["message"])

    def test_a_module_with_a_mistake_is_reported_with_its_line(self):
        script = self.write("def broken(:\n    pass\n")
        path = os.path.dirname(script)
        with Group(applicationGroups=preloading({"module": "written"}, path=[path])) as group:
            self.assertIn(f'File "{script}", line 1', failure_of(group)["traceback"])

    def test_one_that_does_not_return_is_ended_and_told_to_use_a_thread(self):
        script = self.write("import threading\nthreading.Event().wait()\n")
        groups = preloading({"script": script})
        with Group(applicationGroups=groups, startupTimeout=0.2) as group:
            failure = failure_of(group)
            self.assertEqual(failure["code"], "KW307")
            self.assertIn("thread", failure["message"])
            self.assertIn(f'File "{script}", line 2', failure["traceback"])

    def test_another_list_starts_workers_beside_the_old(self):
        with Group(applicationGroups=preloading()) as group, group.slot_when_ready() as old:
            changed = preloading({"module": "early"})
            group.put({**group.config, "applicationGroups": changed})
            group.await_state(lambda s: any(w["state"] == "draining" for w in workers(s)))
            with group.slot() as new:
                self.assertNotEqual(new.worker, old.worker)
                self.assertEqual(new.ask("late.wsgi")[2], b"early")


if __name__ == "__main__":
    unittest.main()
