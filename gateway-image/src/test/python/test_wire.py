"""The slot's wire form: every file in requests/, sent whole, byte by byte and in random pieces."""

import json
import os
import random
import socket
import unittest

from support import APPS, HERE, Group

REQUESTS = os.path.join(HERE, "requests")
# What clients send to a gateway, with the verdicts of that.
OF_CLIENTS = os.path.join(HERE, "..", "requests")
# Invalid for what follows them at once. In pieces, the beginning may be answered before that.
AT_ONCE = ("pipelined", "turn-with-bytes-after-it")


def cases(kind):
    names = sorted(n for n in os.listdir(os.path.join(REQUESTS, kind)) if n.endswith(".http"))
    for name in names:
        with open(os.path.join(REQUESTS, kind, name), "rb") as file:
            yield name[: -len(".http")], file.read().replace(b"@APPS@", os.fsencode(APPS))


def whole(raw):
    return [raw]


def bytewise(raw):
    return [raw[i : i + 1] for i in range(len(raw))]


def in_random_pieces(raw):
    chance = random.Random(raw)
    cuts = sorted({0, len(raw), *(chance.randrange(len(raw)) for _ in range(8))})
    return [raw[start:end] for start, end in zip(cuts, cuts[1:])]


class WireTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.group = Group("inspect.wsgi").__enter__()
        cls.addClassCleanup(cls.group.__exit__, None, None, None)
        cls.group.await_ready()

    def test_every_valid_request_reaches_the_application_as_written(self):
        count = 0
        for name, raw in cases("valid"):
            with open(os.path.join(REQUESTS, "valid", f"{name}.json"), encoding="utf-8") as file:
                expected = json.load(file)
            for cut in (whole, bytewise, in_random_pieces):
                with self.subTest(name, pieces=cut.__name__), self.group.slot() as slot:
                    for _ in range(2):  # twice: the connection stays usable
                        for piece in cut(raw):
                            slot.connection.sendall(piece)
                        status, _, body, complete = slot.answer()
                        self.assertEqual((status, complete), (200, True))
                        seen = json.loads(body)
                        self.assertEqual(seen["body"], expected["body"])
                        found = {key: seen["environ"].get(key) for key in expected["environ"]}
                        self.assertEqual(found, expected["environ"])
                        for framing in ("Content-Length", "Transfer-Encoding", "KubeWsgi-Script"):
                            self.assertNotIn(framing, seen["environ"])
                    count += 1
        self.assertGreaterEqual(count, 3 * 9)

    def test_every_invalid_request_is_answered_with_400_and_the_connection_closed(self):
        count = 0
        for name, raw in cases("invalid"):
            for cut in (whole, in_random_pieces):
                if name in AT_ONCE and cut is not whole:
                    continue
                with self.subTest(name, pieces=cut.__name__), self.group.slot() as slot:
                    try:
                        for piece in cut(raw):
                            slot.connection.sendall(piece)
                    except (BrokenPipeError, ConnectionResetError):
                        pass  # refused before it had been sent
                    status, headers, body, _ = slot.answer()
                    self.assertEqual(status, 400)
                    self.assertEqual(headers["Connection"], "close")
                    self.assertTrue(body.startswith(b"KW515: "), body)
                    self.assertTrue(slot.is_closed())
                    count += 1
        self.assertGreaterEqual(count, 2 * 45)

    def test_no_request_of_a_client_is_one_to_a_worker(self):
        """What got past a gateway as it came would be refused: nothing is read in two ways."""
        count = 0
        for kind in ("valid", "invalid"):
            for name in sorted(os.listdir(os.path.join(OF_CLIENTS, kind))):
                if not name.endswith(".http"):
                    continue
                with open(os.path.join(OF_CLIENTS, kind, name), "rb") as file:
                    raw = file.read()
                with self.subTest(name), self.group.slot() as slot:
                    self.assertIn(answered(slot.connection, raw), (b"", b"HTTP/1.1 400"))
                    count += 1
        self.assertGreaterEqual(count, 290)


def answered(connection, raw):
    """The beginning of all that is answered to these bytes and the end of the connection."""
    found = b""
    try:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        while block := connection.recv(65536):
            found += block
    except (BrokenPipeError, ConnectionResetError):  # refused before it had been sent
        pass
    return found[:12]


if __name__ == "__main__":
    unittest.main()
