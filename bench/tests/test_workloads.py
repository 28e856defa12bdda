import io
import runpy
import unittest
from importlib.util import find_spec

from harness.paths import BENCH
from harness.workloads import DJANGO, ECHO, HELLO, STREAM


def answer(workload, environ):
    """Call the workload's application without a server; return its status and body."""
    application = runpy.run_path(str(BENCH / "apps" / workload.script))["application"]
    statuses = []
    body = b"".join(application(environ, lambda status, headers: statuses.append(status)))
    return int(statuses[0].split()[0]), body


class WorkloadsTest(unittest.TestCase):
    def test_hello_gives_the_expected_answer(self):
        self.assertIsNone(HELLO.fault_of(*answer(HELLO, {})))

    def test_echo_gives_the_expected_answer(self):
        environ = {"CONTENT_LENGTH": str(len(ECHO.body)), "wsgi.input": io.BytesIO(ECHO.body)}
        self.assertIsNone(ECHO.fault_of(*answer(ECHO, environ)))

    def test_stream_gives_the_expected_answer_in_blocks_of_a_kibibyte(self):
        self.assertIsNone(STREAM.fault_of(*answer(STREAM, {})))
        self.assertEqual(len(STREAM.expected), 64 * 1024)

    @unittest.skipUnless(find_spec("django"), "this Python has no Django")
    def test_the_django_view_gives_the_expected_answer(self):
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "/django",
            "PATH_INFO": "/items/",
            "QUERY_STRING": "q=bench",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
        }
        self.assertIsNone(DJANGO.fault_of(*answer(DJANGO, environ)))

    def test_another_status_or_other_bytes_are_faults(self):
        self.assertEqual(HELLO.fault_of(500, HELLO.expected), "status 500 instead of 200")
        self.assertIn("instead of 14 bytes", HELLO.fault_of(200, b"Hello, World?\n"))
        self.assertIn("instead of 14 bytes", HELLO.fault_of(200, b""))


if __name__ == "__main__":
    unittest.main()
