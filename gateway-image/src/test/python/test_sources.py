"""Files that come with the document: written for the workers, found by them, and removed."""

import json
import os
import stat
import tempfile
import unittest

from support import APPS, Group, Pod, application_group, wait_for

from kubewsgi import config
from kubewsgi.errors import LoadError
from kubewsgi.sources import Sources

HELLO = """
import greeting

def application(environ, start_response):
    start_response("200 OK", [])
    return [f"{greeting.TEXT} from {environ['SCRIPT_FILENAME']} as {__file__}".encode()]
"""


def inline(identifier="id-0", revision="1", text="hello", **changes):
    """An application group whose code is in the document, as the operator writes it."""
    files = {"ns.shop/app.py": HELLO, "ns.shop/lib/greeting.py": f"TEXT = {text!r}\n"}
    group = application_group(identifier, "/", revision, files=files)
    group["scripts"] = [{"script": "ns.shop/app.py"}]
    group["python"] = {"path": ["ns.shop/lib"]}
    return {**group, **changes}


def trees(directory):
    """The directories of revisions that are there."""
    found = []
    for identifier in os.listdir(directory):
        found += os.listdir(os.path.join(directory, identifier))
    return found


class InAPod(unittest.TestCase):
    def setUp(self):
        self.pod = Pod(applicationGroups=[inline()])
        self.pod.__enter__()
        self.addCleanup(self.pod.__exit__)
        self.pod.await_ready()

    def put(self, sequence, *groups):
        answer = self.pod.put(
            {**self.pod.config, "sequence": sequence, "applicationGroups": groups}
        )
        self.assertEqual(answer, (200, "accepted\n"))

    def ask(self, script, revision=None, **more):
        with self.pod.slot(revision=revision) as slot:
            return slot.ask(script, absolute=False, **more)[2].decode()

    def test_requests_name_the_script_as_the_document_does(self):
        self.assertTrue(self.ask("ns.shop/app.py").startswith("hello from /"))
        self.assertTrue(self.ask("*", name="*").startswith("hello from /"))

    def test_script_filename_is_where_the_script_lies(self):
        words = self.ask("ns.shop/app.py").split()
        self.assertEqual(words[2], words[4])
        self.assertTrue(words[2].startswith(self.pod.sources + os.sep), words)
        self.assertTrue(words[2].endswith("/ns.shop/app.py"), words)

    def test_everybody_may_read_them(self):
        path = self.ask("ns.shop/app.py").split()[2]
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o644)
        while path != self.pod.sources:
            path = os.path.dirname(path)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o755, path)

    def test_an_edit_lies_beside_the_old_until_its_last_worker_is_gone(self):
        with self.pod.slot() as old:
            self.put(2, inline(revision="2", text="bye"))
            self.pod.await_ready(revision="2")
            self.assertEqual(len(trees(self.pod.sources)), 2)
            self.assertTrue(self.ask("ns.shop/app.py", revision="2").startswith("bye "))
            wait_for(lambda: old.ask("ns.shop/app.py", absolute=False)[0] == 503)
        wait_for(lambda: len(trees(self.pod.sources)) == 1)
        self.assertTrue(self.ask("ns.shop/app.py").startswith("bye "))

    def test_other_settings_keep_the_files_that_they_share(self):
        answer = self.pod.put({**self.pod.config, "sequence": 2, "threads": 1})
        self.assertEqual(answer[0], 200)
        self.pod.await_state(lambda s: s["sequence"] == 2 and len(s["applicationGroups"]) == 2)
        self.pod.await_state(lambda s: len(s["applicationGroups"]) == 1)
        self.assertEqual(len(trees(self.pod.sources)), 1)
        self.assertTrue(self.ask("ns.shop/app.py").startswith("hello "))

    def test_the_last_revision_of_an_application_group_leaves_nothing(self):
        self.put(2)
        wait_for(lambda: not os.listdir(self.pod.sources))

    def test_a_drained_supervisor_leaves_nothing(self):
        self.pod.process.terminate()
        self.assertEqual(self.pod.process.wait(20), 0)
        self.assertEqual(os.listdir(self.pod.sources), [])

    def test_files_that_cannot_be_written_are_one_application_groups_trouble(self):
        clash = {"ns.shop": "a file", "ns.shop/app.py": HELLO}
        self.put(2, inline(), inline("id-1", files=clash), inline("id-2", text="fine"))
        self.pod.await_ready("id-2")
        state = self.pod.await_state(
            lambda s: any(group["state"] == "failed" for group in s["applicationGroups"])
        )
        states = {group["id"]: group for group in state["applicationGroups"]}
        self.assertEqual(states["id-1"]["failure"]["code"], "KW315")
        self.assertIn("ns.shop", states["id-1"]["failure"]["message"])
        self.assertEqual(states["id-0"]["state"], "ready")
        self.assertEqual(len(trees(self.pod.sources)), 2)  # no half of the third
        self.assertIn("KW315: id-1: its files cannot be written", self.pod.log())

    def test_a_script_that_is_not_among_the_files_is_missing(self):
        self.put(2, inline("id-1", scripts=[{"script": "ns.shop/other.py"}]))
        state = self.pod.await_state(
            lambda s: any(group["state"] == "failed" for group in s["applicationGroups"])
        )
        failures = [
            group["failure"]["code"] for group in state["applicationGroups"] if group["failure"]
        ]
        self.assertEqual(failures, ["KW301"])


class OnOneMachine(unittest.TestCase):
    def test_files_need_no_directory_of_the_command_line(self):
        with Group(applicationGroups=[inline()]) as group, group.slot_when_ready() as slot:
            path = slot.ask("ns.shop/app.py", absolute=False)[2].decode().split()[2]
            self.assertTrue(os.path.exists(path))
            slot.close()
            group.process.terminate()
            self.assertEqual(group.process.wait(20), 0)
            self.assertFalse(os.path.exists(os.path.dirname(path)))

    def test_absolute_scripts_stay_what_they_are(self):
        with Group("inspect.wsgi") as group, group.slot_when_ready() as slot:
            seen = json.loads(slot.ask("inspect.wsgi")[2])["environ"]
            self.assertEqual(seen["SCRIPT_FILENAME"], os.path.join(APPS, "inspect.wsgi"))


@unittest.skipUnless(os.getuid() == 0, "only root can become somebody else")
class OfAnotherUser(unittest.TestCase):
    def test_a_worker_of_another_user_can_read_them(self):
        pod = Pod(applicationGroups=[inline()], uid=12345, gid=23456)
        with pod, pod.slot_when_ready() as slot:
            self.assertEqual(slot.ask("ns.shop/app.py", absolute=False)[0], 200)


class Directory(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.path = temporary.name

    def group(self, **files):
        document = config.parse(
            json.dumps(
                {
                    "group": "g",
                    "applicationGroups": [
                        {"id": "i", "revision": "1", "files": files, "scripts": [{"script": "a"}]}
                    ],
                }
            )
        )
        return document.application_groups[0]

    def test_what_a_killed_supervisor_left_is_removed_and_nothing_else(self):
        Sources(self.path).put(self.group(a="1"))
        for name in ("other", "0" * 31 + "x"):
            os.mkdir(os.path.join(self.path, name))
        Sources(self.path)
        self.assertEqual(sorted(os.listdir(self.path)), ["0" * 31 + "x", "other"])

    def test_files_that_are_there_are_not_written_again(self):
        sources = Sources(self.path)
        root = sources.put(self.group(a="1"))
        before = os.stat(os.path.join(root, "a"))
        self.assertEqual(sources.put(self.group(a="1")), root)
        self.assertEqual(os.stat(os.path.join(root, "a")), before)

    def test_half_of_the_files_is_never_seen(self):
        sources = Sources(self.path)
        group = self.group(a="1", **{"n" * 300: "2"})
        self.assertRaises(LoadError, sources.put, group)
        self.assertEqual(trees(self.path), [])

    def test_what_a_mask_forbids_is_given_all_the_same(self):
        before = os.umask(0o077)
        try:
            root = Sources(self.path).put(self.group(a="1"))
            self.assertEqual(os.umask(0o077), 0o077)
        finally:
            os.umask(before)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(root, "a")).st_mode), 0o644)

    def test_a_directory_that_cannot_be_used_is_an_error_with_a_code(self):
        file = os.path.join(self.path, "file")
        open(file, "w").close()
        with self.assertRaises(LoadError) as caught:
            Sources(os.path.join(file, "sources")).put(self.group(a="1"))
        self.assertEqual(caught.exception.code, "KW315")


if __name__ == "__main__":
    unittest.main()
