"""Several gateways at a worker whose threads are all busy: they ask, and take turns."""

import os
import select
import signal
import tempfile
import unittest

from support import APPS, Group

HELLO = "hello.wsgi"
BLOCKS = "blocks.wsgi"


class Gateway:
    """One connection of a gateway."""

    def __init__(self, group):
        self.slot = group.slot("all")

    def ask(self, waited):
        self._order(f"ask {waited:.6f}")

    def hand_on(self):
        """Passes its turn."""
        self._order("pass")
        return self.await_turn()

    def _order(self, order):
        head = f"GET /.kubewsgi/turn HTTP/1.1\r\nKubeWsgi-Turn: {order}\r\n\r\n"
        self.slot.connection.sendall(head.encode("latin-1"))

    def await_turn(self):
        status, headers, _, _ = self.slot.answer()
        return headers["KubeWsgi-Turn"] if status == 204 else headers["KubeWsgi-Refused"]

    def has_been_told(self):
        return bool(select.select([self.slot.connection], [], [], 0)[0])

    def is_busy(self):
        status, headers, _, _ = self.slot.ask(HELLO)
        return status == 503 and headers["KubeWsgi-Refused"] == "busy"

    def is_served(self):
        return self.slot.ask(HELLO)[0] == 200

    def close(self):
        self.slot.close()


class Turns(unittest.TestCase):
    """A worker of one thread, which the first gateway has, and others that come late."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.flag = os.path.join(self.directory.name, "release")
        scripts = [{"script": os.path.join(APPS, name)} for name in (HELLO, BLOCKS)]
        document = {"id": "all", "name": "all", "revision": "1", "scripts": scripts}
        self.group = Group(threads=1, applicationGroups=[document]).__enter__()
        self.addCleanup(self.group.__exit__, None, None, None)
        self.group.await_ready("all")
        self.first, self.second, self.third = self.gateway(), self.gateway(), self.gateway()

    def gateway(self):
        gateway = Gateway(self.group)
        self.addCleanup(gateway.close)
        return gateway

    def occupy(self, gateway):
        gateway.slot.send(BLOCKS, target=f"/?{self.flag}")
        while gateway.slot.read_line() != b"waiting\n":
            pass

    def release(self, gateway):
        open(self.flag, "w").close()
        gateway.slot.read_line()
        self.assertEqual(gateway.slot.answer_rest(), b"released\n")

    def test_who_asks_for_a_free_thread_has_it_at_once(self):
        self.first.ask(0)
        self.assertEqual(self.first.await_turn(), "kept")
        self.assertTrue(self.second.is_busy())
        self.assertTrue(self.first.is_served())
        self.assertTrue(self.second.is_served())

    def test_the_thread_that_is_free_next_is_for_who_has_waited_longest(self):
        self.occupy(self.first)
        for gateway, waited in ((self.second, 0.25), (self.third, 7.5)):
            self.assertTrue(gateway.is_busy())
            gateway.ask(waited)
        self.assertTrue(self.gateway().is_busy())  # by now the worker has read who asks
        self.release(self.first)
        self.assertEqual(self.third.await_turn(), "kept")
        self.assertTrue(self.first.is_busy())  # a request that came later comes not between
        self.assertFalse(self.second.has_been_told())
        self.assertTrue(self.third.is_served())
        self.assertEqual(self.second.await_turn(), "kept")
        self.assertTrue(self.second.is_served())
        self.assertTrue(self.first.is_served())

    def test_a_request_whose_head_comes_in_pieces_has_its_turn(self):
        self.first.ask(5)
        self.assertEqual(self.first.await_turn(), "kept")
        self.second.ask(0)
        rest = self.first.slot.send(HELLO, first=30)
        self.assertTrue(self.third.is_busy())  # by now the worker has read what there is
        self.first.slot.connection.sendall(rest)
        self.assertEqual(self.first.slot.answer()[0], 200)
        self.assertEqual(self.second.await_turn(), "kept")

    def test_a_turn_that_is_passed_is_the_next_ones(self):
        self.first.ask(0)
        self.assertEqual(self.first.await_turn(), "kept")
        self.second.ask(0)
        self.assertEqual(self.first.hand_on(), "passed")
        self.assertEqual(self.second.await_turn(), "kept")
        self.assertEqual(self.second.hand_on(), "passed")
        self.assertTrue(self.third.is_served())

    def test_the_turn_of_a_gateway_that_dies_is_the_next_ones(self):
        self.first.ask(0)
        self.assertEqual(self.first.await_turn(), "kept")
        self.second.ask(1)
        self.third.ask(0)
        self.second.close()
        self.first.close()
        self.assertEqual(self.third.await_turn(), "kept")

    def test_a_turn_that_is_not_taken_for_a_second_is_the_next_ones(self):
        self.first.ask(0)
        self.assertEqual(self.first.await_turn(), "kept")
        self.second.ask(0)
        self.assertEqual(self.second.await_turn(), "kept")
        self.assertTrue(self.first.is_busy())
        self.assertTrue(self.second.is_served())

    def test_a_worker_that_drains_keeps_no_thread(self):
        self.occupy(self.first)
        os.kill(self.first.slot.worker, signal.SIGTERM)
        self.group.await_state(
            lambda state: state["applicationGroups"][0]["workers"][0]["state"] == "draining"
        )
        self.second.ask(0)
        self.assertEqual(self.second.await_turn(), "draining")
        self.release(self.first)


if __name__ == "__main__":
    unittest.main()
