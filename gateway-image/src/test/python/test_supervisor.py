"""Supervisors with real processes: who may come in, who is replaced, how revisions change."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import unittest

from support import (
    APPS,
    SECRET,
    Group,
    application_group,
    is_alive,
    kill,
    read_to_end,
    wait_for,
    workers,
)


def described(state, identifier="id-0", revision="1"):
    for group in state["applicationGroups"]:
        if group["id"] == identifier and group["revision"] == revision:
            return group
    return None


class Strangers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.group = Group("hello.wsgi").__enter__()
        cls.addClassCleanup(cls.group.__exit__, None, None, None)
        cls.group.await_ready()

    def test_a_wrong_secret_is_refused_and_the_connection_closed(self):
        for secret in ("", "wrong", SECRET[:-1], SECRET + "x", "\xe4"):
            slot = self.group.request_slot(secret=secret)
            self.assertEqual(slot.status, 401, secret)
            self.assertIn(b"KW511", read_to_end(slot.connection) or slot.read_line())
            slot.close()

    def test_without_the_secret_nothing_is_answered_but_401(self):
        for target in ("/.kubewsgi/events", "/.kubewsgi/config", "/", "/.kubewsgi/slot"):
            for method in ("GET", "PUT", "POST"):
                answer = self.group.ask(f"{method} {target} HTTP/1.1\r\n\r\n".encode())
                self.assertTrue(answer.startswith(b"HTTP/1.1 401 "), answer)

    def test_what_is_no_request_is_refused(self):
        for raw in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n", b"\xff\xfe\r\n\r\n"):
            self.assertTrue(self.group.ask(raw).startswith(b"HTTP/1.1 400 "), raw)
        doubled = f"Authorization: Bearer {SECRET}\r\n" * 2
        answer = self.group.ask(f"GET / HTTP/1.1\r\n{doubled}\r\n".encode())
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)

    def test_an_endless_head_is_cut(self):
        answer = self.group.ask(b"GET / HTTP/1.1\r\nA: " + b"x" * 9000)
        self.assertTrue(answer.startswith(b"HTTP/1.1 431 "), answer)

    def test_many_silent_connections_keep_nobody_out(self):
        silent = [self.group.connect() for _ in range(100)]
        self.addCleanup(lambda: [connection.close() for connection in silent])
        for connection in silent[-10:]:
            connection.sendall(b"G")
        with self.group.slot() as slot:
            self.assertEqual(slot.ask("hello.wsgi")[0], 200)

    def test_unknown_targets_and_methods(self):
        auth = f"Authorization: Bearer {SECRET}\r\n"
        for line, status in (("GET /other", 404), ("PUT /.kubewsgi/slot", 405)):
            answer = self.group.ask(f"{line} HTTP/1.1\r\n{auth}\r\n".encode())
            self.assertEqual(int(answer.split()[1]), status)

    def test_a_slot_needs_an_upgrade_and_a_known_application_group(self):
        auth = f"Authorization: Bearer {SECRET}\r\n"
        answer = self.group.ask(f"GET /.kubewsgi/slot HTTP/1.1\r\n{auth}\r\n".encode())
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
        with self.group.request_slot("other") as slot:
            self.assertEqual(slot.status, 404)
        with self.group.request_slot(revision="7") as slot:
            self.assertEqual(slot.status, 503)

    def test_the_socket_belongs_to_its_owner(self):
        self.assertEqual(os.stat(self.group.address).st_mode & 0o777, 0o600)


class Replacement(unittest.TestCase):
    def test_a_killed_worker_is_replaced_and_reported(self):
        with Group("process.wsgi", processes=2) as group:
            before = {worker["pid"] for worker in workers(group.await_ready(workers=2))}
            victim = min(before)
            kill(victim)
            state = group.await_state(
                lambda state: (
                    state["exits"]
                    and sum(worker["state"] == "ready" for worker in workers(state)) == 2
                )
            )
            self.assertEqual(len({worker["pid"] for worker in workers(state)} & before), 1)
            ended = state["exits"][-1]
            self.assertEqual(ended["pid"], victim)
            self.assertEqual(ended["applicationGroup"], "id-0")
            self.assertEqual((ended["signal"], ended["signalName"]), (9, "SIGKILL"))
            self.assertIsNone(ended["exitCode"])
            self.assertFalse(ended["expected"])

    def test_sigterm_drains_the_worker_and_replaces_it_beside(self):
        with Group("blocks.wsgi", "hello.wsgi") as group, group.slot_when_ready() as slot:
            release = os.path.join(group.directory, "release")
            slot.send("blocks.wsgi", target=f"/?{release}")
            while slot.read_line() != b"waiting\n":
                pass
            kill(slot.worker, signal.SIGTERM)
            state = group.await_state(
                lambda s: sorted(w["state"] for w in workers(s)) == ["draining", "ready"]
            )
            states = {worker["state"]: worker["pid"] for worker in workers(state)}
            self.assertEqual(states["draining"], slot.worker)
            with group.slot() as other:
                self.assertNotEqual(other.worker, slot.worker)
            open(release, "w").close()
            slot.read_line()
            self.assertEqual(slot.answer_rest(), b"released\n")
            answer = slot.ask("blocks.wsgi")
            self.assertEqual(answer[1]["KubeWsgi-Refused"], "draining")
            slot.close()
            state = group.await_state(lambda state: state["exits"])
            self.assertEqual(state["exits"][0]["exitCode"], 0)
            self.assertTrue(state["exits"][0]["expected"])

    def test_killing_by_title_restarts_the_group_and_spares_the_supervisor(self):
        with Group("hello.wsgi", group="titled-for-this-test") as group:
            before = workers(group.await_ready())[0]["pid"]
            subprocess.run(["pkill", "-KILL", "-f", r"\(wsgi:titled-for-this-test\)"], check=True)
            state = group.await_state(lambda state: state["exits"] and workers(state))
            self.assertNotEqual(workers(state)[0]["pid"], before)
            self.assertIsNone(group.process.poll())

    def test_the_title_is_what_ps_shows(self):
        with Group("hello.wsgi") as group:
            pid = workers(group.await_ready())[0]["pid"]
            shown = subprocess.run(
                ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=True
            )
            self.assertEqual(shown.stdout.strip(), "(wsgi:site1)")
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                self.assertEqual(file.read().strip(), "(wsgi:site1)")

    def test_slots_go_to_the_worker_with_the_fewest(self):
        with Group("hello.wsgi", processes=3) as group:
            group.await_ready(workers=3)
            slots = [group.slot() for _ in range(9)]
            counts = sorted(
                sum(slot.worker == pid for slot in slots) for pid in {s.worker for s in slots}
            )
            for slot in slots:
                slot.close()
            self.assertEqual(counts, [3, 3, 3])


class Imports(unittest.TestCase):
    def test_a_failing_import_is_reported_and_tried_again(self):
        with Group("fails_on_import.wsgi", "hello.wsgi") as group:
            state = group.await_state(lambda s: (described(s) or {}).get("state") == "failed")
            failure = described(state)["failure"]
            self.assertEqual(failure["code"], "KW304")
            self.assertIn("this script fails on purpose", failure["traceback"])
            self.assertRegex(failure["retryAt"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            group.await_ready("id-1")  # the other one is not concerned
            with group.request_slot() as slot:
                self.assertEqual(slot.status, 503)
            group.await_state(lambda s: len(s["exits"]) == 2)
            self.assertEqual(group.log().count("RuntimeError: this script fails on purpose"), 2)

    def test_a_hanging_import_is_ended_and_shows_where_it_hung(self):
        with Group("hangs_on_import.wsgi", startupTimeout=0.2) as group:
            state = group.await_state(lambda s: (described(s) or {}).get("failure"))
            failure = described(state)["failure"]
            self.assertEqual(failure["code"], "KW307")
            self.assertIn("wait_for_nobody", failure["traceback"])
            self.assertEqual(state["exits"][0]["signalName"], "SIGKILL")

    def test_a_process_that_dies_on_import_is_reported(self):
        with tempfile.TemporaryDirectory() as directory:
            script = os.path.join(directory, "dies.wsgi")
            with open(script, "w", encoding="utf-8") as file:
                file.write("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
            with Group(script) as group:
                state = group.await_state(lambda s: (described(s) or {}).get("failure"))
                failure = described(state)["failure"]
                self.assertEqual(failure["code"], "KW308")
                self.assertIn("SIGSEGV", failure["message"])

    def test_a_directory_that_cannot_be_entered(self):
        with Group("hello.wsgi", workingDir="/nowhere") as group:
            state = group.await_state(lambda s: (described(s) or {}).get("failure"))
            self.assertEqual(described(state)["failure"]["code"], "KW313")


class Reload(unittest.TestCase):
    def change(self, group, script, revision):
        changed = application_group("id-0", script, revision)
        status, text = group.put({**group.config, "applicationGroups": [changed]})
        self.assertEqual((status, text), (200, "accepted\n"))

    def test_a_new_revision_starts_beside_the_old_which_drains(self):
        with Group("hello.wsgi") as group, group.slot_when_ready() as old:
            self.change(group, "process.wsgi", "2")
            state = group.await_state(
                lambda s: (described(s, revision="1") or {}).get("state") == "draining"
            )
            self.assertEqual(described(state, revision="2")["state"], "ready")
            with group.slot(revision="2") as new:
                self.assertEqual(new.ask("process.wsgi")[0], 200)
            wait_for(lambda: old.ask("hello.wsgi")[0] == 503)
            old.close()
            state = group.await_state(lambda s: described(s, revision="1") is None)
            self.assertEqual(state["exits"][-1]["exitCode"], 0)

    def test_a_new_revision_that_fails_leaves_the_old_serving(self):
        with Group("hello.wsgi") as group, group.slot_when_ready() as old:
            self.change(group, "fails_on_import.wsgi", "2")
            state = group.await_state(lambda s: (described(s, revision="2") or {}).get("failure"))
            self.assertEqual(described(state, revision="1")["state"], "ready")
            self.assertEqual(old.ask("hello.wsgi")[0], 200)
            with group.slot(revision="1") as another:
                self.assertEqual(another.ask("hello.wsgi")[0], 200)
            self.change(group, "hello.wsgi", "1")  # taken back: nothing is restarted
            state = group.await_state(lambda s: described(s, revision="2") is None)
            self.assertEqual(workers(state)[0]["pid"], old.worker)

    def test_an_added_one_starts_and_a_removed_one_drains(self):
        with Group("hello.wsgi") as group:
            group.await_ready()
            added = application_group("id-1", "process.wsgi")
            group.put({**group.config, "applicationGroups": [added]})
            group.await_ready("id-1")
            group.await_state(lambda s: described(s, "id-0") is None)
            with group.request_slot("id-0") as slot:
                self.assertEqual(slot.status, 404)

    def test_the_number_of_processes_changes_without_a_restart(self):
        with Group("hello.wsgi", processes=1, multiprocess=True) as group:
            first = workers(group.await_ready())[0]["pid"]
            group.put({**group.config, "processes": 3})
            three = {worker["pid"] for worker in workers(group.await_ready(workers=3))}
            self.assertIn(first, three)
            group.put({**group.config, "processes": 1})
            state = group.await_state(lambda s: len(workers(s)) == 1)
            self.assertEqual(workers(state)[0]["pid"], first)

    def test_changed_threads_are_new_workers_beside_the_old(self):
        with Group("process.wsgi", threads=3) as group, group.slot_when_ready() as old:
            group.put({**group.config, "threads": 1})
            group.await_state(lambda s: any(w["state"] == "draining" for w in workers(s)))
            with group.slot() as new:
                self.assertNotEqual(new.worker, old.worker)
                self.assertFalse(json.loads(new.ask("process.wsgi")[2])["multithread"])

    def test_an_invalid_configuration_is_refused_and_changes_nothing(self):
        with Group("hello.wsgi") as group:
            pid = workers(group.await_ready())[0]["pid"]
            for wrong, part in (
                ({**group.config, "threads": 0}, "threads"),
                ({**group.config, "listen": {"tcp": "127.0.0.1:1"}}, "listen"),
                ([], "object"),
            ):
                status, text = group.put(wrong)
                self.assertEqual(status, 400)
                self.assertIn("KW320", text)
                self.assertIn(part, text)
            with group.slot() as slot:
                self.assertEqual(slot.worker, pid)

    def test_a_new_secret_replaces_the_old(self):
        with Group("hello.wsgi") as group:
            group.await_ready()
            group.put({**group.config, "secret": "another-secret-of-the-group"})
            with group.request_slot() as slot:
                self.assertEqual(slot.status, 401)
            with group.request_slot(secret="another-secret-of-the-group") as slot:
                self.assertEqual(slot.status, 101)


class Ends(unittest.TestCase):
    def test_sigterm_drains_everything_and_exits_0(self):
        with Group("blocks.wsgi") as group, group.slot_when_ready() as slot:
            release = os.path.join(group.directory, "release")
            slot.send("blocks.wsgi", target=f"/?{release}")
            while slot.read_line() != b"waiting\n":
                pass
            kill(group.process.pid, signal.SIGTERM)
            state = group.await_state(lambda s: workers(s)[0]["state"] == "draining")
            self.assertEqual(state["state"], "draining")
            with group.request_slot() as refused:
                self.assertEqual(refused.status, 503)
            open(release, "w").close()
            slot.read_line()
            self.assertEqual(slot.answer_rest(), b"released\n")
            slot.close()
            self.assertEqual(group.process.wait(20), 0)
            self.assertFalse(os.path.exists(group.address))

    def test_the_graceful_timeout_ends_what_does_not_end(self):
        with Group("blocks.wsgi", gracefulTimeout=0.2) as group, group.slot_when_ready() as slot:
            slot.send("blocks.wsgi", target="/?/never")
            while slot.read_line() != b"waiting\n":
                pass
            kill(group.process.pid, signal.SIGTERM)
            self.assertTrue(slot.is_closed_after_rest())
            self.assertEqual(group.process.wait(20), 0)

    def test_the_shutdown_timeout_ends_exit_handlers(self):
        changes = {"gracefulTimeout": 0.1, "shutdownTimeout": 0.3}
        with Group("hangs_on_exit.wsgi", **changes) as group:
            pid = workers(group.await_ready())[0]["pid"]
            kill(pid, signal.SIGTERM)
            state = group.await_state(lambda s: s["exits"])
            self.assertEqual(state["exits"][0]["signalName"], "SIGKILL")

    def test_the_end_of_stdin_drains(self):
        with Group("hello.wsgi", stdin=True) as group:
            group.await_ready()
            group.process.stdin.close()
            self.assertEqual(group.process.wait(20), 0)

    def test_a_killed_supervisor_leaves_no_worker(self):
        with Group("hello.wsgi", "process.wsgi", processes=2) as group:
            group.await_ready("id-0", 2)
            group.await_ready("id-1", 2)
            pids = [child["pid"] for child in group.children()]
            self.assertEqual(len(pids), 4)
            group.process.kill()
            for pid in pids:
                wait_for(lambda pid=pid: not is_alive(pid))

    def test_a_stale_socket_is_replaced(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "s.sock")
            stale = socket.socket(socket.AF_UNIX)
            stale.bind(path)
            stale.close()
            with Group("hello.wsgi", listen={"unix": path}) as group:
                group.await_ready()

    def test_an_address_in_use_is_an_error_with_a_code(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            with self.assertRaisesRegex(AssertionError, "KW321"):
                Group("hello.wsgi", listen={"tcp": address}).__enter__()


@unittest.skipUnless(os.getuid() == 0, "only root can become somebody else")
class Identity(unittest.TestCase):
    def test_workers_become_the_given_user_for_good(self):
        with tempfile.TemporaryDirectory() as directory:
            os.chmod(directory, 0o755)
            script = os.path.join(directory, "process.wsgi")
            with open(os.path.join(APPS, "process.wsgi"), "rb") as source:
                text = source.read()
            with open(script, "wb") as file:
                file.write(text)
            with Group(script, uid=12345, gid=23456) as group, group.slot_when_ready() as slot:
                seen = json.loads(slot.ask(script)[2])
                self.assertEqual(
                    (seen["uid"], seen["gid"], seen["groups"]), (12345, 23456, [23456])
                )
                with open(f"/proc/{slot.worker}/status", encoding="utf-8") as file:
                    uids = next(line for line in file if line.startswith("Uid:"))
                self.assertEqual(uids.split()[1:], ["12345"] * 4)

    def test_a_worker_of_another_user_dies_with_its_supervisor(self):
        with Group("hello.wsgi", uid=12345, gid=23456) as group:
            pids = []
            wait_for(lambda: pids.extend(c["pid"] for c in group.children()) or pids)
            group.process.kill()
            wait_for(lambda: not is_alive(pids[0]))


if __name__ == "__main__":
    unittest.main()
