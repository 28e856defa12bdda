import socket
import threading
import unittest
from pathlib import Path

from harness import added
from harness.errors import BenchError
from harness.workloads import HELLO_BODY


def served(answer, count):
    """Connections to a server that gives each request the same answer."""
    pairs = [socket.socketpair() for _ in range(count)]

    def serve(end):
        with end:
            while end.recv(65536):
                end.sendall(answer)

    for _, end in pairs:
        threading.Thread(target=serve, args=(end,), daemon=True).start()
    return [one for one, _ in pairs]


class ArrivalsTest(unittest.TestCase):
    def test_they_are_as_many_as_the_rate_says_and_the_same_for_a_seed(self):
        times = added.arrivals(1000, 2.0, seed=1)
        self.assertAlmostEqual(len(times), 2000, delta=200)
        self.assertEqual(times, sorted(times))
        self.assertLess(times[-1], 2.0)
        self.assertEqual(times, added.arrivals(1000, 2.0, seed=1))
        self.assertNotEqual(times, added.arrivals(1000, 2.0, seed=2))


class SendTest(unittest.TestCase):
    def send(self, answer, times, connections=2):
        sockets = served(answer, connections)
        for one in sockets:
            self.addCleanup(one.close)
        return added.send(sockets, b"request", times)

    def test_each_request_is_answered_in_a_time_of_its_own(self):
        answer = b"HTTP/1.1 200 OK\r\n\r\n" + HELLO_BODY
        latencies, late = self.send(answer, [0.0, 0.0, 0.0, 0.01])
        self.assertEqual((len(latencies), len(late)), (4, 4))
        self.assertTrue(all(one > 0 for one in latencies))

    def test_another_answer_is_an_error(self):
        with self.assertRaisesRegex(BenchError, "not the answer of hello"):
            self.send(b"HTTP/1.1 503 Service Unavailable\r\n\r\n", [0.0])


class RequestTest(unittest.TestCase):
    def test_the_shared_fields_end_with_the_callable_as_the_protocol_wants(self):
        request = added.worker_request(Path("/srv/hello.wsgi"))
        shared, _, rest = request.partition(b"KubeWsgi-Callable: *\r\n")
        self.assertTrue(shared.startswith(b"GET /hello HTTP/1.1\r\nREQUEST_SCHEME: http\r\n"))
        self.assertTrue(rest.startswith(b"PATH_INFO: \r\n"))
        self.assertTrue(rest.endswith(b"\r\n\r\n"))


class OutcomeTest(unittest.TestCase):
    def test_what_is_added_is_taken_within_a_round(self):
        rounds = [
            {"gateway": {"p50": gateway}, "worker": {"p50": worker}}
            for gateway, worker in ((0.3, 0.2), (0.9, 0.1), (0.5, 0.3))
        ]
        found = added.outcome(rounds)
        self.assertAlmostEqual(found.value, 0.2)
        self.assertEqual([round(one, 3) for one in found.rounds], [0.1, 0.8, 0.2])


if __name__ == "__main__":
    unittest.main()
