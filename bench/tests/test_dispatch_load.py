import socketserver
import threading
import time
import unittest

from harness.dispatch import load
from harness.dispatch.load import Load, parse
from harness.dispatch.trace import Arrival
from harness.errors import BenchError

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 5\r\n\r\nHello"


class ParseTest(unittest.TestCase):
    def test_an_answer_is_whole_with_its_last_byte(self):
        for length in range(len(ANSWER)):
            self.assertIsNone(parse(ANSWER[:length]))
        self.assertEqual(parse(ANSWER), (200, b"Hello", False))

    def test_the_end_of_the_connection_is_announced(self):
        text = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        self.assertEqual(parse(text), (503, b"", True))

    def test_an_answer_without_a_length_is_not_guessed_at(self):
        with self.assertRaisesRegex(BenchError, "not understood"):
            parse(b"HTTP/1.1 200 OK\r\n\r\nHello")


class Server(socketserver.ThreadingTCPServer):
    """Answers as sleep.wsgi does; some times of less than ten microseconds ask for other things."""

    daemon_threads = True
    request_queue_size = 64
    together = threading.Barrier(3)


HANG_UP, REFUSE, MEET = 9, 8, 7


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while first := self.rfile.readline():
            while self.rfile.readline().strip():
                pass
            micros = int(first.split()[1].partition(b"?")[2])
            if micros == HANG_UP:
                return
            if micros == REFUSE:
                self.wfile.write(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")
                continue
            start = time.monotonic()
            if micros == MEET:
                self.server.together.wait(timeout=60)
            body = f"{start!r} {time.monotonic()!r} {threading.get_ident()} 0.0".encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            self.wfile.write(head + body)


class LoadTest(unittest.TestCase):
    def setUp(self):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def load(self):
        return Load([self.server.server_address[1]], "/app")

    def test_nobody_waits_for_the_answers_of_those_before(self):
        with self.load() as client:
            answers = client.run([Arrival(n * 0.001, MEET / 1e6, n) for n in range(3)])
        self.assertEqual([one.status for one in answers], [200] * 3)

    def test_answers_are_in_the_order_of_the_trace_and_say_when(self):
        trace = [Arrival(0.0, 1e-6), Arrival(0.001, 2e-6), Arrival(0.002, 3e-6)]
        with self.load() as client:
            answers = client.run(trace)
        self.assertEqual([one.arrival for one in answers], trace)
        for one in answers:
            self.assertTrue(one.sent <= one.start <= one.end <= one.received, one)

    def test_a_connection_is_used_again(self):
        with self.load() as client:
            answers = [client.run([Arrival(0.0, 0.0)])[0] for _ in range(3)]
        self.assertEqual(len({one.slot for one in answers}), 1)

    def test_a_refusal_and_no_answer_are_told_apart(self):
        with self.load() as client:
            answers = client.run([Arrival(0.0, micros / 1e6) for micros in (HANG_UP, REFUSE, 0)])
        self.assertEqual([one.status for one in answers], [load.NO_ANSWER, 503, 200])
        self.assertEqual([one.served for one in answers], [False, False, True])


if __name__ == "__main__":
    unittest.main()
