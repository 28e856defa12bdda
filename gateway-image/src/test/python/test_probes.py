"""What the kubelet is answered, and what happens to a worker that has stopped to run Python."""

import os
import signal
import socket
import tempfile
import unittest

from support import PATIENCE, Pod, application_group, kill, read_to_end, workers

from kubewsgi.probes import Readiness


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pod = Pod("hello.wsgi").__enter__()
        cls.addClassCleanup(cls.pod.__exit__)
        cls.pod.await_ready()

    def raw(self, text):
        host, _, port = self.pod.probes[0].rpartition(":")
        with socket.create_connection((host, int(port)), PATIENCE) as connection:
            connection.sendall(text)
            return read_to_end(connection)

    def test_both_need_no_secret(self):
        for target in ("/livez", "/readyz"):
            self.assertEqual(self.pod.probe(target), (200, "ok\n"))
            self.assertEqual(self.pod.probe(target, "HEAD"), (200, ""))

    def test_nothing_else_is_there(self):
        for target in ("/", "/livez/", "/livez?verbose", "/.kubewsgi/slot", "/metrics"):
            self.assertEqual(self.pod.probe(target)[0], 404, target)
        for method in ("POST", "PUT", "OPTIONS"):
            self.assertEqual(self.pod.probe("/livez", method)[0], 405)

    def test_each_connection_is_for_one_request(self):
        answer = self.raw(b"GET /livez HTTP/1.1\r\n\r\nGET /livez HTTP/1.1\r\n\r\n")
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 1)
        self.assertIn(b"Connection: close\r\n", answer)

    def test_what_is_no_request_is_refused(self):
        self.assertTrue(self.raw(b"\x16\x03\x01\r\n\r\n").startswith(b"HTTP/1.1 400 "))
        self.assertTrue(self.raw(b"GET /" + b"x" * 9000).startswith(b"HTTP/1.1 431 "))

    def test_many_silent_connections_keep_no_probe_out(self):
        host, _, port = self.pod.probes[0].rpartition(":")
        for _ in range(100):
            silent = socket.create_connection((host, int(port)), PATIENCE)
            self.addCleanup(silent.close)
        self.assertEqual(self.pod.probe("/livez")[0], 200)


class Ready(unittest.TestCase):
    def test_a_pod_is_ready_once_everything_has_been_imported(self):
        with tempfile.TemporaryDirectory() as directory:
            script = os.path.join(directory, "waits.wsgi")
            release = os.path.join(directory, "release")
            os.mkfifo(release)
            with open(script, "w", encoding="utf-8") as file:
                file.write(f"open({release!r}).close()\napplication = print\n")
            with Pod("hello.wsgi", script, startupTimeout=PATIENCE) as pod:
                pod.await_ready("id-0")
                code, text = pod.probe("/readyz")
                self.assertEqual(
                    (code, text), (503, "starting: 1 of 2 application groups imported\n")
                )
                self.assertEqual(pod.probe("/livez")[0], 200)
                open(release, "w").close()
                pod.await_ready("id-1")
                self.assertEqual(pod.probe("/readyz"), (200, "ok\n"))

    def test_one_that_fails_at_the_start_keeps_the_pod_from_being_ready(self):
        with Pod("hello.wsgi", "fails_on_import.wsgi") as pod:
            pod.await_ready("id-0")
            pod.await_state(lambda s: s["exits"])
            self.assertEqual(pod.probe("/readyz")[0], 503)

    def test_one_that_is_added_and_fails_does_not_make_it_unready(self):
        with Pod("hello.wsgi") as pod:
            pod.await_ready()
            added = application_group("id-1", "fails_on_import.wsgi")
            groups = [*pod.config["applicationGroups"], added]
            pod.put({**pod.config, "sequence": 2, "applicationGroups": groups})
            pod.await_state(lambda s: s["exits"])
            self.assertEqual(pod.probe("/readyz"), (200, "ok\n"))

    def test_without_application_groups_it_is_ready(self):
        with Pod() as pod:
            self.assertEqual(pod.probe("/readyz"), (200, "ok\n"))

    def test_a_draining_pod_is_not_ready_but_alive(self):
        with Pod("blocks.wsgi") as pod, pod.slot_when_ready() as slot:
            release = os.path.join(pod.directory, "release")
            slot.send("blocks.wsgi", target=f"/?{release}")
            while slot.read_line() != b"waiting\n":
                pass
            kill(pod.process.pid, signal.SIGTERM)
            pod.await_state(lambda state: state["state"] == "draining")
            self.assertEqual(pod.probe("/readyz"), (503, "draining\n"))
            self.assertEqual(pod.probe("/livez")[0], 200)
            open(release, "w").close()
            slot.close()
            self.assertEqual(pod.process.wait(20), 0)


class ReadinessRules(unittest.TestCase):
    def test_it_cannot_be_lost(self):
        readiness = Readiness()
        readiness.want(["a", "b"])
        readiness.imported("a")
        self.assertEqual(readiness.trouble(), "starting: 1 of 2 application groups imported")
        readiness.imported("b")
        readiness.want(["a", "b", "c"])
        self.assertIsNone(readiness.trouble())

    def test_one_that_is_taken_away_is_not_waited_for(self):
        readiness = Readiness()
        readiness.want(["a", "b"])
        readiness.imported("a")
        readiness.want(["a"])
        self.assertIsNone(readiness.trouble())


class Hung(unittest.TestCase):
    def test_a_worker_that_holds_its_gil_is_replaced_and_shows_where_it_stood(self):
        with Pod("holds_the_gil.wsgi", deadlockTimeout=1) as pod, pod.slot_when_ready() as slot:
            slot.send("holds_the_gil.wsgi")
            state = pod.await_state(lambda s: s["exits"])
            ended = state["exits"][0]
            self.assertEqual((ended["pid"], ended["signalName"]), (slot.worker, "SIGKILL"))
            self.assertFalse(ended["oom"])
            self.assertTrue(slot.is_closed())
            pod.await_ready()
            with pod.slot() as other:
                self.assertNotEqual(other.worker, slot.worker)
            self.assertIn(f"KW517: worker {slot.worker} of id-0 has run no Python code", pod.log())
            self.assertIn("hold_the_gil", pod.log())
            self.assertEqual(pod.probe("/livez"), (200, "ok\n"))

    def test_a_stopped_worker_is_replaced(self):
        with Pod("hello.wsgi", deadlockTimeout=1) as pod:
            pid = workers(pod.await_ready())[0]["pid"]
            kill(pid, signal.SIGSTOP)
            state = pod.await_state(lambda s: s["exits"])
            self.assertEqual(state["exits"][0]["pid"], pid)
            pod.await_ready()

    def test_a_worker_whose_threads_are_all_busy_has_not_hung(self):
        with Pod("blocks.wsgi", "hello.wsgi", threads=1, deadlockTimeout=1) as pod:
            busy = pod.slot_when_ready("id-0")
            self.addCleanup(busy.close)
            busy.send("blocks.wsgi", target="/?/never")
            # How long another one is given: that must have passed, twice.
            for count in (1, 2):
                victim = workers(pod.await_ready("id-1"), "id-1")[0]["pid"]
                kill(victim, signal.SIGSTOP)
                state = pod.await_state(lambda s, count=count: len(s["exits"]) == count)
                self.assertEqual(state["exits"][-1]["pid"], victim)
            self.assertEqual(workers(state, "id-0")[0]["pid"], busy.worker)


class Liveness(unittest.TestCase):
    def test_a_supervisor_that_runs_no_python_gives_no_answer(self):
        with Pod("hello.wsgi") as pod:
            pod.await_ready()
            host, _, port = pod.probes[0].rpartition(":")
            kill(pod.process.pid, signal.SIGSTOP)
            try:
                with socket.create_connection((host, int(port)), PATIENCE) as connection:
                    connection.sendall(b"GET /livez HTTP/1.1\r\nHost: pod\r\n\r\n")
                    connection.settimeout(0.5)  # a kubelet waits no longer than it is told either
                    with self.assertRaises(socket.timeout):
                        connection.recv(1)
            finally:
                kill(pod.process.pid, signal.SIGCONT)
            self.assertEqual(pod.probe("/livez"), (200, "ok\n"))


if __name__ == "__main__":
    unittest.main()
