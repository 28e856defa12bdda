"""A supervisor as in a pod: what is mounted is exchanged under it, and several bring documents."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

from support import SECRET, SOURCES, Group, Mount, Pod, application_group, config, wait_for, workers

from kubewsgi.errors import ConfigError
from kubewsgi.mounts import DocumentFile, SecretsDirectory

OTHER = "another-secret-of-the-group"
THIRD = "a-third-secret-of-the-group"


def has(*identifiers, sequence):
    """Accepts the state of exactly these application groups, at that sequence."""
    return lambda state: (
        state["sequence"] == sequence
        and [group["id"] for group in state["applicationGroups"]] == list(identifiers)
    )


def status(pod, secret):
    with pod.request_slot(secret=secret) as slot:
        return slot.status


class Sequence(unittest.TestCase):
    def setUp(self):
        self.pod = Pod("hello.wsgi", sequence=5)
        self.pod.__enter__()
        self.addCleanup(self.pod.__exit__)

    def put(self, sequence, *identifiers):
        groups = [application_group(identifier, "hello.wsgi") for identifier in identifiers]
        return self.pod.put({**self.pod.config, "sequence": sequence, "applicationGroups": groups})

    def test_a_higher_one_replaces(self):
        self.assertEqual(self.put(6, "id-0", "id-6"), (200, "accepted\n"))
        self.pod.await_state(has("id-0", "id-6", sequence=6))

    def test_a_lower_one_is_no_mistake_and_changes_nothing(self):
        code, text = self.put(4, "id-4")
        self.assertEqual((code, text.partition(":")[0]), (200, "older"))
        self.assertIn("4", text)
        self.assertIn("5", text)
        self.pod.await_state(has("id-0", sequence=5))

    def test_an_equal_one_changes_nothing(self):
        code, text = self.put(5, "id-5")
        self.assertEqual((code, text.partition(":")[0]), (200, "unchanged"))
        self.pod.await_state(has("id-0", sequence=5))

    def test_one_without_is_older_than_any(self):
        self.assertTrue(self.put(0, "id-1")[1].startswith("older"))

    def test_a_group_cannot_change_whatever_the_sequence(self):
        for sequence in (4, 5, 6):
            changed = {**self.pod.config, "sequence": sequence, "group": "another"}
            code, text = self.pod.put(changed)
            self.assertEqual(code, 400)
            self.assertIn("KW320: group cannot be changed", text)

    def test_without_sequences_the_last_one_counts(self):
        with Group("hello.wsgi") as group:
            for identifier in ("id-1", "id-2", "id-1"):
                added = application_group(identifier, "hello.wsgi")
                answer = group.put({**group.config, "applicationGroups": [added]})
                self.assertEqual(answer, (200, "accepted\n"))
                group.await_ready(identifier)


class Departure(unittest.TestCase):
    """An application that moves: its gateways still wait for its new place."""

    def test_what_left_the_document_serves_whoever_still_has_a_slot(self):
        with Pod("hello.wsgi") as pod, pod.slot_when_ready() as slot:
            added = application_group("id-1", "hello.wsgi")
            pod.put({**pod.config, "sequence": 2, "applicationGroups": [added]})
            pod.await_ready("id-1")
            self.assertEqual(slot.ask("hello.wsgi")[0], 200)
            with pod.slot("id-0") as another:
                self.assertEqual(another.ask("hello.wsgi")[0], 200)
            slot.close()
            pod.await_state(has("id-1", sequence=2))

    def test_it_ends_with_the_supervisor(self):
        with Pod("hello.wsgi") as pod, pod.slot_when_ready():
            pod.put({**pod.config, "sequence": 2, "applicationGroups": []})
            pod.await_state(has("id-0", sequence=2))
            pod.process.terminate()
            pod.await_state(lambda state: workers(state)[0]["state"] == "draining")

    def test_it_drains_at_once_when_nobody_has_a_slot(self):
        with Pod("hello.wsgi") as pod:
            pod.await_ready()
            pod.put({**pod.config, "sequence": 2, "applicationGroups": []})
            pod.await_state(has(sequence=2))


class MountedDocument(unittest.TestCase):
    def test_an_exchanged_document_is_taken(self):
        with Pod("hello.wsgi") as pod:
            pod.await_ready()
            added = application_group("id-1", "process.wsgi")
            pod.mount(sequence=2, applicationGroups=[added])
            pod.await_ready("id-1")
            with pod.slot("id-1") as slot:
                self.assertEqual(slot.ask("process.wsgi")[0], 200)

    def test_a_late_mount_does_not_undo_what_a_gateway_brought(self):
        with Pod("hello.wsgi") as pod:
            newest = application_group("id-3", "hello.wsgi")
            pod.put({**pod.config, "sequence": 3, "applicationGroups": [newest]})
            pod.await_state(has("id-3", sequence=3))
            pod.mount(sequence=2)
            pod.secrets.swap({"current": OTHER, "previous": SECRET})
            # Both are looked at in one go: with the secret the document has been seen.
            wait_for(lambda: status(pod, OTHER) != 401)
            self.assertEqual(status(pod, OTHER), 404)  # id-0 has not come back

    def test_what_cannot_be_used_is_said_once_and_changes_nothing(self):
        with Pod("hello.wsgi") as pod:
            pid = workers(pod.await_ready())[0]["pid"]
            pod.mount(sequence=2, threads=0)
            pod.await_log("KW320: threads must be")
            pod.mount(sequence=2, threads=0)  # the same again, in another file
            pod.document.swap({})
            pod.await_log("KW320: " + os.path.join(pod.document.path, "group.json"))
            pod.mount(sequence=3)
            state = pod.await_state(lambda state: state["sequence"] == 3)
            self.assertEqual(workers(state)[0]["pid"], pid)
            self.assertEqual(pod.log().count("KW320: threads must be"), 1)

    def test_a_document_keeps_where_it_listens_and_who_may_come_in(self):
        with Pod("hello.wsgi") as pod:
            pod.await_ready()
            self.assertEqual(pod.put({**pod.config, "sequence": 2})[0], 200)
            with pod.slot() as slot:
                self.assertEqual(slot.ask("hello.wsgi")[0], 200)
            moved = {**pod.config, "sequence": 3, "listen": {"tcp": "127.0.0.1:1"}}
            code, text = pod.put(moved)
            self.assertEqual(code, 400)
            self.assertIn("listen cannot be changed", text)


class MountedSecrets(unittest.TestCase):
    def test_current_and_previous_let_in_and_nothing_else(self):
        with Pod("hello.wsgi", secrets={"current": OTHER + "\n", "previous": SECRET}) as pod:
            pod.await_ready()
            self.assertEqual([status(pod, s) for s in (OTHER, SECRET)], [101, 101])
            self.assertEqual(status(pod, THIRD), 401)
            self.assertEqual(status(pod, ""), 401)

    def test_a_rotation_needs_no_restart(self):
        with Pod("hello.wsgi") as pod:
            pid = pod.await_ready()["pid"]
            pod.secrets.swap({"current": OTHER, "previous": SECRET})
            wait_for(lambda: status(pod, OTHER) == 101)
            self.assertEqual(status(pod, SECRET), 101)
            pod.secrets.swap({"current": THIRD, "previous": OTHER})
            wait_for(lambda: status(pod, THIRD) == 101)
            self.assertEqual([status(pod, s) for s in (OTHER, SECRET)], [101, 401])
            self.assertEqual(pod.process.pid, pid)
            self.assertIsNone(pod.process.poll())

    def test_a_broken_directory_leaves_the_old_secrets_and_is_said_once(self):
        with Pod("hello.wsgi") as pod:
            pod.await_ready()
            pod.secrets.swap({})
            pod.await_log("has no file 'current'; the secrets that were valid stay so")
            self.assertEqual(status(pod, SECRET), 101)
            pod.secrets.swap({"current": "half"})
            pod.await_log("current must be 16 or more")
            self.assertEqual([status(pod, s) for s in (SECRET, "half")], [101, 401])
            pod.secrets.swap({"current": OTHER})
            wait_for(lambda: status(pod, OTHER) == 101)
            self.assertEqual(pod.log().count("the secrets that were valid stay so"), 2)

    def test_a_secret_in_a_document_does_not_count_beside_them(self):
        with Pod("hello.wsgi") as pod:
            pod.await_ready()
            self.assertEqual(pod.put({**pod.config, "sequence": 2, "secret": OTHER})[0], 200)
            self.assertEqual([status(pod, s) for s in (SECRET, OTHER)], [101, 401])


class Reading(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.mount = Mount(os.path.join(directory.name, "mount"))

    def test_a_document_is_news_once_for_each_content(self):
        self.mount.swap({"group.json": "one"})
        file = DocumentFile(os.path.join(self.mount.path, "group.json"))
        self.assertEqual(file.read(), b"one")
        self.assertIsNone(file.news())
        self.mount.swap({"group.json": "one"})
        self.assertIsNone(file.news())
        self.mount.swap({"group.json": "two"})
        self.assertEqual([file.news(), file.news()], [b"two", None])

    def test_a_missing_document_is_an_error_once_for_each_time_that_it_goes(self):
        self.mount.swap({"group.json": "one"})
        file = DocumentFile(os.path.join(self.mount.path, "group.json"))
        for _ in range(2):
            file.news()
            self.mount.swap({})
            with self.assertRaisesRegex(ConfigError, "No such file"):
                file.news()
            self.assertIsNone(file.news())
            self.mount.swap({"group.json": "one"})

    def test_a_document_that_comes_back_as_it_was_is_no_news(self):
        self.mount.swap({"group.json": "one"})
        file = DocumentFile(os.path.join(self.mount.path, "group.json"))
        file.read()
        self.mount.swap({})
        self.assertRaises(ConfigError, file.news)
        self.mount.swap({"group.json": "one"})
        self.assertIsNone(file.news())

    def test_secrets_are_news_when_one_of_them_changes(self):
        secrets = SecretsDirectory(self.mount.path)
        self.mount.swap({"current": SECRET})
        self.assertEqual(secrets.read(), (SECRET,))
        self.assertIsNone(secrets.news())
        self.mount.swap({"current": OTHER, "previous": SECRET})
        self.assertEqual([secrets.news(), secrets.news()], [(OTHER, SECRET), None])

    def test_secrets_that_cannot_be_read_stay_what_they_were(self):
        secrets = SecretsDirectory(self.mount.path)
        self.mount.swap({"current": SECRET})
        secrets.read()
        self.mount.swap({"current": OTHER, "previous": "\u00e4" * 20})
        self.assertRaisesRegex(ConfigError, "previous must be", secrets.news)
        self.assertIsNone(secrets.news())
        self.mount.swap({"current": SECRET})
        self.assertIsNone(secrets.news())


class CommandLine(unittest.TestCase):
    def run_supervisor(self, document, *options):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "group.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)
            ended = subprocess.run(
                [sys.executable, "-B", SOURCES, "supervise", "--config", path, *options],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        return ended.returncode, ended.stderr

    def test_what_neither_side_gives_is_named_with_both_ways_to_give_it(self):
        document = config("/run", "hello.wsgi")
        del document["listen"], document["secret"]
        code, text = self.run_supervisor(document)
        self.assertEqual(code, 2)
        self.assertIn("KW320: listen is missing: give it here, or --listen HOST:PORT", text)
        self.assertIn("secret is missing: give it here, or --secrets DIR", text)

    def test_an_address_that_is_none_is_refused(self):
        code, text = self.run_supervisor(config("/run", "hello.wsgi"), "--listen", "9000")
        self.assertEqual(code, 2)
        self.assertIn("KW320: --listen 9000 must be HOST:PORT", text)

    def test_a_directory_without_secrets_is_refused(self):
        with tempfile.TemporaryDirectory() as empty:
            document = config(empty, "hello.wsgi")
            code, text = self.run_supervisor(document, "--secrets", empty)
        self.assertEqual(code, 2)
        self.assertIn("has no file 'current'", text)

    def test_a_line_that_means_nothing_shows_the_usage(self):
        for options in (["--other"], ["--listen"], ["--exit_with_stdin"], ["listen"]):
            code, text = self.run_supervisor(config("/run", "hello.wsgi"), *options)
            self.assertEqual((code, text.partition(":")[0]), (2, "KW320"), options)
            self.assertIn("usage: kubewsgi.pyz supervise", text)
            self.assertIn(options[0], text.partition("\n")[0])


if __name__ == "__main__":
    unittest.main()
