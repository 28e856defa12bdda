import http.server
import runpy
import tempfile
import threading
import unittest
from pathlib import Path

from harness import storm
from harness.errors import BenchError
from harness.storm import Storm, Verdict, body


class VerdictTest(unittest.TestCase):
    def setUp(self):
        self.verdict = Verdict(6)
        for connection in (1, 2):
            self.verdict.opened(connection)
        self.verdict.edited()

    def test_old_and_new_are_right_after_an_edit_and_nothing_else(self):
        self.assertIsNone(self.verdict.fault(1, 200, body(6)))
        self.assertIsNone(self.verdict.fault(1, 200, body(7)))
        for status, answer in ((200, body(5)), (200, body(8)), (503, body(7)), (200, b"")):
            self.assertIn("version 7 is in place", self.verdict.fault(1, status, answer))

    def test_the_old_is_wrong_after_the_next_edit(self):
        self.verdict.edited()
        self.assertIsNotNone(self.verdict.fault(1, 200, body(6)))

    def test_it_is_settled_when_each_connection_has_had_the_new_one_twice(self):
        self.assertFalse(self.verdict.seen)
        for _ in range(50):  # whose requests were quick says nothing of another's on its way
            self.verdict.fault(1, 200, body(7))
        self.assertTrue(self.verdict.seen)
        self.assertFalse(self.verdict.settled)
        for version, settled in ((7, False), (6, False), (7, False), (7, True)):
            self.verdict.fault(2, 200, body(version))
            self.assertEqual(self.verdict.settled, settled)

    def test_a_connection_in_the_place_of_another_has_to_see_it_too(self):
        for connection in (1, 1, 2, 2):
            self.verdict.fault(connection, 200, body(7))
        self.verdict.closed(2)
        self.verdict.opened(3)
        self.assertFalse(self.verdict.settled)


class ScriptTest(unittest.TestCase):
    def test_a_version_is_a_wsgi_application_that_answers_it(self):
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "edited.py"
            storm.write(script, 12)
            application = runpy.run_path(str(script))["application"]
            self.assertEqual(application({}, lambda status, headers: None), [body(12)])
            self.assertEqual(list(Path(folder).iterdir()), [script])

    def test_all_versions_are_of_one_length(self):
        self.assertEqual(len(body(0)), len(body(99_999_999)))


class StormTest(unittest.TestCase):
    """Against a server that answers what `served` says of the script in place."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.script = Path(folder.name) / "edited.py"
        storm.write(self.script, 0)
        test = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                answer = test.served(test.script.read_text().split('"')[1].encode())
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.served = lambda answer: answer
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # the client leaves in the middle of an answer
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)

    def test_edits_are_seen_and_all_requests_answered(self):
        with Storm(self.port, "/", self.script) as client:
            seconds = [client.reload(20) for _ in range(3)]
        self.assertGreaterEqual(client.tally.answers, 60)
        self.assertEqual((client.tally.failures, client.tally.faults), (0, []))
        self.assertTrue(all(seconds))

    def test_an_answer_of_no_version_is_a_failure_that_is_told(self):
        answers = iter([b"gone astray"])
        self.served = lambda answer: next(answers, answer)
        with Storm(self.port, "/", self.script) as client:
            client.reload(10)
        self.assertEqual(client.tally.failures, 1)
        self.assertIn("gone astray", client.tally.faults[0])

    def test_an_edit_that_is_never_served_is_an_error(self):
        self.served = lambda answer: body(0)
        self.addCleanup(setattr, storm, "_PATIENCE_SECONDS", storm._PATIENCE_SECONDS)
        storm._PATIENCE_SECONDS = 0.1
        with Storm(self.port, "/", self.script) as client:
            self.assertRaisesRegex(BenchError, "version 1 is not served", client.reload, 1)


if __name__ == "__main__":
    unittest.main()
