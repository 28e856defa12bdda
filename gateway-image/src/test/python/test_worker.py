"""A real worker behind a real supervisor, as the gateway meets it on a slot."""

import json
import os
import signal
import socket
import tempfile
import threading
import unittest

from support import APPS, PATIENCE, Group, Slot, config, read_to_end

from kubewsgi import worker
from kubewsgi.config import parse


class WorkerTest(unittest.TestCase):
    SCRIPTS = ("hello", "echo", "process", "raises", "lengths", "blocks", "file", "unavailable")

    @classmethod
    def setUpClass(cls):
        scripts = [{"script": os.path.join(APPS, f"{name}.wsgi")} for name in cls.SCRIPTS]
        group = {"id": "all", "name": "all", "revision": "1", "scripts": scripts}
        cls.group = Group(
            threads=2,
            env={"GIVEN": "by the group", "BOTH": "group"},
            applicationGroups=[{**group, "env": {"BOTH": "application group"}}],
        ).__enter__()
        cls.addClassCleanup(cls.group.__exit__, None, None, None)
        cls.group.await_ready("all")

    def slot(self):
        slot = self.group.slot("all")
        self.addCleanup(slot.close)
        return slot

    def test_many_requests_on_one_connection(self):
        slot = self.slot()
        for _ in range(50):
            status, headers, body, _ = slot.ask("hello.wsgi")
            self.assertEqual((status, body), (200, b"Hello, world!\n"))
            self.assertEqual(headers["Content-Length"], "14")
            self.assertNotIn("Connection", headers)

    def test_a_file_has_its_length(self):
        status, headers, body, _ = self.slot().ask("file.wsgi")
        with open(os.path.join(APPS, "file.wsgi"), "rb") as file:
            self.assertEqual(body, file.read())
        self.assertEqual(headers["Content-Length"], str(len(body)))

    def test_head_has_no_body(self):
        slot = self.slot()
        status, headers, _, _ = slot.ask("hello.wsgi", "HEAD")
        self.assertEqual((status, headers["Content-Length"]), (200, "14"))
        self.assertEqual(slot.ask("hello.wsgi")[2], b"Hello, world!\n")

    def test_the_environment_is_the_groups_and_the_application_groups(self):
        seen = json.loads(self.slot().ask("process.wsgi")[2])
        self.assertEqual(seen["env"]["GIVEN"], "by the group")
        self.assertEqual(seen["env"]["BOTH"], "application group")
        self.assertEqual(seen["cwd"], "/")
        self.assertEqual((seen["multithread"], seen["multiprocess"]), (True, False))
        self.assertNotIn(os.path.join("src", "main", "python"), " ".join(seen["path"]))

    def test_failure_before_the_head_is_500_and_the_connection_stays(self):
        slot = self.slot()
        for target in ("/", "/?exit"):
            status, _, body, _ = slot.ask("raises.wsgi", target=target)
            self.assertEqual(status, 500)
            self.assertIn(b"request-1", body)
        self.assertEqual(slot.ask("hello.wsgi")[0], 200)
        self.assertIn("[request-1] RuntimeError: raised on purpose", self.group.log())

    def test_failure_after_the_head_breaks_the_connection(self):
        slot = self.slot()
        status, _, body, complete = slot.ask("raises.wsgi", target="/?late")
        self.assertEqual((status, body, complete), (200, b"begun\n", False))
        self.assertTrue(slot.is_closed())

    def test_a_short_body_breaks_the_connection(self):
        slot = self.slot()
        status, _, body, complete = slot.ask("lengths.wsgi", target="/?11")
        self.assertEqual((status, body, complete), (200, b"0123456789", False))

    def test_a_long_body_is_cut_and_the_connection_stays(self):
        slot = self.slot()
        self.assertEqual(slot.ask("lengths.wsgi", target="/?7")[2:], (b"0123456", True))
        self.assertEqual(slot.ask("hello.wsgi")[0], 200)

    def test_a_small_body_nobody_reads_costs_nothing(self):
        slot = self.slot()
        for _ in range(3):
            status, headers, _, _ = slot.ask("hello.wsgi", "POST", body=b"x" * 1000)
            self.assertEqual((status, headers.get("Connection")), (200, None))

    def test_a_large_body_nobody_reads_costs_the_connection(self):
        slot = self.slot()
        slot.send("hello.wsgi", "POST", fields=[("Content-Length", "10000000")])
        status, headers, body, _ = slot.answer()
        self.assertEqual((status, headers["Connection"]), (200, "close"))
        self.assertTrue(slot.is_closed())

    def test_100_continue_is_sent_when_the_body_is_read_and_only_then(self):
        expects = [("Content-Length", "3"), ("Expect", "100-continue")]
        slot = self.slot()
        slot.send("echo.wsgi", "POST", fields=expects)
        self.assertEqual(slot.answer()[0], 100)
        slot.connection.sendall(b"abc")
        self.assertEqual(slot.answer()[2], b"abc")
        slot.send("hello.wsgi", "POST", fields=expects)
        status, headers, _, _ = slot.answer()
        self.assertEqual((status, headers.get("Connection")), (200, None))
        self.assertEqual(slot.ask("hello.wsgi")[0], 200)

    def test_a_malformed_chunk_aborts(self):
        slot = self.slot()
        slot.send("echo.wsgi", "POST", fields=[("Transfer-Encoding", "chunked")])
        slot.connection.sendall(b"3\r\nabcde\r\n")
        answer = slot.answer()
        self.assertTrue(answer is None or not answer[3])

    def test_blocks_arrive_before_the_answer_is_complete(self):
        with tempfile.TemporaryDirectory() as directory:
            release = os.path.join(directory, "release")
            slot = self.slot()
            slot.send("blocks.wsgi", target=f"/?{release}")
            while slot.read_line() != b"8\r\n":
                pass
            self.assertEqual(slot.read_line(), b"waiting\n")
            open(release, "w").close()
            self.assertEqual(slot.read_line(), b"\r\n")
            self.assertEqual(slot.answer_rest(), b"released\n")

    def test_busy_is_said_at_once_and_the_connection_stays(self):
        with tempfile.TemporaryDirectory() as directory:
            release = os.path.join(directory, "release")
            busy = [self.slot(), self.slot()]
            third = self.slot()
            for slot in busy:
                slot.send("blocks.wsgi", target=f"/?{release}")
            for slot in busy:
                while slot.read_line() != b"waiting\n":
                    pass
            for body in (b"", b"x" * 100):
                status, headers, _, _ = third.ask("hello.wsgi", "POST", body=body)
                self.assertEqual((status, headers["KubeWsgi-Refused"]), (503, "busy"))
            open(release, "w").close()
            for slot in busy:
                slot.read_line()
                self.assertEqual(slot.answer_rest(), b"released\n")
            self.assertEqual(busy[0].ask("hello.wsgi")[0], 200)

    def test_an_application_cannot_pretend_that_it_did_not_run(self):
        for query in ("whole", "pieces"):
            status, headers, body, _ = self.slot().ask("unavailable.wsgi", target=f"/?{query}")
            self.assertEqual((status, body), (503, b"closed for repairs"))
            self.assertNotIn("kubewsgi-refused", {name.lower() for name in headers})

    def test_an_application_it_does_not_have_is_refused(self):
        slot = self.slot()
        status, headers, _, _ = slot.ask("inspect.wsgi")
        self.assertEqual((status, headers["KubeWsgi-Refused"]), (503, "unknown"))
        self.assertEqual(slot.ask("hello.wsgi")[0], 200)

    def test_a_client_that_leaves_costs_no_thread(self):
        for _ in range(5):
            slot = self.slot()
            slot.send("echo.wsgi", "POST", fields=[("Content-Length", "100")])
            slot.connection.shutdown(socket.SHUT_WR)
            read_to_end(slot.connection)
        slots = [self.slot(), self.slot()]
        for slot in slots:
            self.assertEqual(slot.ask("hello.wsgi")[0], 200)

    def test_large_bodies_both_ways(self):
        slot = self.slot()
        body = os.urandom(3 << 20)
        sender = threading.Thread(
            target=slot.send, args=("echo.wsgi", "POST"), kwargs={"body": body}
        )
        sender.start()  # the gateway writes and reads at the same time
        self.assertEqual(slot.answer()[2:], (body, True))
        sender.join()


class OneThread(unittest.TestCase):
    def test_every_request_runs_in_the_same_thread(self):
        with Group("process.wsgi", threads=1) as group:
            group.await_ready()
            seen = set()
            with group.slot() as slot, group.slot() as other:
                for _ in range(20):
                    for connection in (slot, other):
                        answer = json.loads(connection.ask("process.wsgi")[2])
                        seen.add(answer["thread"])
                        self.assertFalse(answer["multithread"])
            self.assertEqual(len(seen), 1)


class UnderThisTest(unittest.TestCase):
    """A worker of which the test is the supervisor."""

    def start(self):
        """A ready worker; its pid and the supervisor's end of their socket pair."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.addCleanup(ours.close)
        with tempfile.TemporaryDirectory() as directory:
            group = parse(json.dumps(config(directory, "hello.wsgi")))
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            ours.close()
            dump = os.open(os.devnull, os.O_WRONLY)
            job = worker.Job(group, group.application_groups[0], None, theirs, dump, parent)
            os._exit(worker.run(job))
        theirs.close()
        ours.settimeout(PATIENCE)
        self.assertEqual(ours.recv(worker.REPORT_LIMIT), worker.READY)
        return pid, ours

    def test_a_slot_on_its_way_to_a_worker_that_drains_by_itself_is_answered(self):
        pid, control = self.start()
        os.kill(pid, signal.SIGTERM)
        self.assertEqual(control.recv(worker.REPORT_LIMIT), worker.DRAINING)

        ours, theirs = socket.socketpair()
        theirs.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        socket.send_fds(control, [worker.TAKE_SLOT], [theirs.fileno()])
        theirs.close()
        control.send(worker.DRAIN)

        ours.settimeout(PATIENCE)
        with Slot(ours) as slot:
            self.assertEqual(slot.ask("hello.wsgi")[1]["KubeWsgi-Refused"], "draining")
        self.assertEqual(os.waitpid(pid, 0)[1], 0)


class OverTcp(unittest.TestCase):
    def test_the_same_over_tcp(self):
        with Group("hello.wsgi", listen={"tcp": "127.0.0.1:0"}) as group:
            group.await_ready()
            with group.slot() as slot:
                for _ in range(3):
                    self.assertEqual(slot.ask("hello.wsgi")[2], b"Hello, world!\n")


if __name__ == "__main__":
    unittest.main()
