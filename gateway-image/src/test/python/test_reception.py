"""Where a supervisor listens."""

import socket
import unittest

from support import PATIENCE

from kubewsgi.errors import ConfigError
from kubewsgi.reception import listen


def reaches(host, port):
    with socket.create_connection((host, port), PATIENCE):
        return True


class Addresses(unittest.TestCase):
    def listen(self, host, port=0):
        listener = listen(("tcp", host, port))
        self.addCleanup(listener.close)
        return listener.getsockname()[1]

    def test_one_address_is_that_alone(self):
        port = self.listen("127.0.0.1")
        self.assertTrue(reaches("127.0.0.1", port))
        with self.assertRaises(ConnectionRefusedError):
            reaches("127.0.0.2", port)

    def test_every_address_is_every_one_of_ipv4(self):
        port = self.listen("0.0.0.0")
        self.assertTrue(reaches("127.0.0.1", port))
        self.assertTrue(reaches("127.0.0.2", port))

    @unittest.skipUnless(socket.has_dualstack_ipv6(), "this machine has no IPv6")
    def test_every_address_is_every_one_of_ipv6_too(self):
        self.assertTrue(reaches("::1", self.listen("0.0.0.0")))

    def test_an_address_that_is_taken_is_said_to_be(self):
        port = self.listen("0.0.0.0")
        with self.assertRaisesRegex(ConfigError, f"cannot listen on 0.0.0.0:{port}"):
            self.listen("0.0.0.0", port)
