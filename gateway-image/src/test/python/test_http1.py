"""Sending answers, and what the parser remembers."""

import os
import unittest

from support import APPS

from kubewsgi import http1

SCRIPT = os.path.join(APPS, "hello.wsgi")

BLOCK = (
    b"GET / HTTP/1.1\r\nSERVER_NAME: a\r\nSCRIPT_NAME: \r\n"
    b"KubeWsgi-Script: " + os.fsencode(SCRIPT) + b"\r\nKubeWsgi-Callable: c\r\n"
)


class PartialSocket:
    """A socket whose first sendmsg stops after `size` bytes."""

    def __init__(self, size):
        self._size = size
        self.received = b""

    def sendmsg(self, pieces):
        self.received += b"".join(pieces)[: self._size]
        return len(self.received)

    def sendall(self, data):
        self.received += data


class SendTest(unittest.TestCase):
    def test_wherever_a_send_stops_the_rest_follows(self):
        head, body, tail = b"head", b"x" * 100000, b"\r\n"
        for size in (1, 3, 4, 5, 50000, 100003, 100004, 100005, 100006):
            connection = PartialSocket(size)
            http1.send(connection, head, body, tail)
            self.assertEqual(connection.received, head + body + tail, size)

    def test_small_pieces_are_one_send(self):
        connection = PartialSocket(0)
        http1.send(connection, b"head", b"body", b"tail")
        self.assertEqual(connection.received, b"headbodytail")

    def test_a_status_without_a_reason_keeps_its_space(self):
        self.assertEqual(http1.format_head("200", []), b"HTTP/1.1 200 \r\n\r\n")


class RememberedBlocks(unittest.TestCase):
    def parse(self, own, block=BLOCK, base=None):
        return http1.parse_head(block + own, {"wsgi.version": (1, 0)} if base is None else base)

    def test_a_remembered_block_gives_each_request_an_environ_of_its_own(self):
        first = self.parse(b"PATH_INFO: /1\r\nHTTP_A: 1")[0]
        first["LEFT_BY_THE_APPLICATION"] = "x"
        second, application, length, expects = self.parse(b"PATH_INFO: /2")
        self.assertEqual(second["PATH_INFO"], "/2")
        self.assertNotIn("HTTP_A", second)
        self.assertNotIn("LEFT_BY_THE_APPLICATION", second)
        self.assertEqual((application, length, expects), ((SCRIPT, "c"), 0, False))

    def test_a_value_that_looks_like_the_blocks_end_is_a_value(self):
        environ = self.parse(b"PATH_INFO: /1\r\nHTTP_A: KubeWsgi-Callable: d")[0]
        self.assertEqual(environ["HTTP_A"], "KubeWsgi-Callable: d")

    def test_a_field_of_the_block_cannot_be_given_again(self):
        for field in (b"SERVER_NAME: b", b"wsgi.version: 2"):
            with self.assertRaises(http1.NotCanonical):
                self.parse(b"PATH_INFO: /1\r\n" + field)

    def test_many_blocks_and_names_are_not_kept_for_ever(self):
        for number in range(3000):
            block = BLOCK.replace(b"SERVER_NAME: a", b"SERVER_NAME: %d" % number)
            self.parse(b"PATH_INFO: /\r\nHTTP_X%d: 1" % number, block)
        self.assertLessEqual(len(http1._blocks), 64)
        self.assertLessEqual(len(http1._names), 1100)


if __name__ == "__main__":
    unittest.main()
