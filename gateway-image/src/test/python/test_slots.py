"""Who gets a slot, in every order that matters, and under many threads."""

import random
import threading
import unittest
from unittest import mock

from support import PATIENCE, wait_for

from kubewsgi.slots import KEPT, Slots


class Owner:
    def __init__(self, name=""):
        self.name = name
        self.kept = None
        self.told = 0

    def __repr__(self):
        return self.name


def tell(owner):
    owner.told += 1


class SlotsTest(unittest.TestCase):
    def setUp(self):
        self.a, self.b, self.c = Owner("a"), Owner("b"), Owner("c")

    def test_each_is_taken_once(self):
        slots = Slots(3, tell)
        self.assertEqual({slots.take(self.a) for _ in range(3)}, {0, 1, 2})
        self.assertIsNone(slots.take(self.a))
        self.assertEqual(slots.busy, 3)
        slots.release(1)
        self.assertEqual((slots.busy, slots.take(self.a)), (2, 1))

    def test_one_that_is_free_is_kept_at_once_for_who_asks(self):
        slots = Slots(1, tell)
        slots.ask(self.a, 0)
        self.assertEqual((self.a.told, self.a.kept, slots.busy), (1, 0, 1))
        self.assertIsNone(slots.take(self.b))
        self.assertEqual(slots.take(self.a), 0)
        self.assertIsNone(self.a.kept)

    def test_who_has_waited_longest_is_first_and_nobody_else_comes_between(self):
        slots = Slots(1, tell)
        slots.take(self.c)
        slots.ask(self.a, 1.0)
        slots.ask(self.b, 5.0)
        self.assertEqual((self.a.told, self.b.told), (0, 0))
        slots.release(0)
        self.assertEqual((self.a.told, self.b.told), (0, 1))
        self.assertFalse(slots.may_take(self.a) or slots.may_take(self.c))
        self.assertIsNone(slots.take(self.c))
        slots.release(slots.take(self.b))
        self.assertEqual((self.a.told, self.a.kept), (1, 0))
        self.assertTrue(slots.may_take(self.a))

    def test_a_free_slot_is_not_for_a_stranger_while_somebody_asks(self):
        slots = Slots(1, tell)
        slots.take(self.c)
        slots._asking[self.a] = 0.0  # as between the append and the look of release
        slots._free.append(0)
        self.assertIsNone(slots.take(self.c))

    def test_who_asks_twice_is_kept_one(self):
        slots = Slots(2, tell)
        slots.ask(self.a, 0)
        slots.ask(self.a, 0)
        self.assertEqual((self.a.told, slots.busy), (1, 1))

    def test_one_that_is_taken_can_be_kept(self):
        slots = Slots(1, tell)
        slots.keep(self.a, slots.take(self.a))
        self.assertEqual((self.a.told, slots.take(self.b), slots.take(self.a)), (1, None, 0))

    def test_what_is_kept_for_one_that_leaves_is_kept_for_the_next(self):
        slots = Slots(1, tell)
        slots.ask(self.a, 0)
        slots.ask(self.b, 0)
        slots.ask(self.c, 1)
        slots.leave(self.c)
        slots.leave(self.a)
        self.assertEqual((self.a.kept, self.b.kept, self.c.told), (None, 0, 0))
        slots.leave(self.b)
        self.assertEqual((slots.busy, slots.take(self.c)), (0, 0))

    def test_what_nobody_fetches_goes_to_the_next(self):
        slots = Slots(1, tell)
        with mock.patch("kubewsgi.slots.monotonic") as clock:
            clock.return_value = 100.0
            slots.ask(self.a, 0)
            slots.ask(self.b, 0)
            clock.return_value += KEPT * 0.9
            self.assertTrue(slots.take_back())
            self.assertEqual((self.a.kept, self.b.kept), (0, None))
            clock.return_value += KEPT * 0.2
            self.assertTrue(slots.take_back())
            self.assertEqual((self.a.kept, self.b.kept), (None, 0))
            self.assertIsNone(slots.take(self.a))
            clock.return_value += KEPT
            self.assertFalse(slots.take_back())
            self.assertEqual(slots.take(self.a), 0)

    def test_under_many_threads_nobody_waits_for_ever_and_nothing_is_lost(self):
        slots = Slots(2, lambda owner: owner.bell.release())
        running = []
        most = []
        failures = []

        def gateway(seed):
            chance = random.Random(seed)
            owner = Owner(str(seed))
            owner.bell = threading.Semaphore(0)
            for _ in range(300):
                slot = slots.take(owner)
                if slot is None:
                    slots.ask(owner, chance.random())
                    if not owner.bell.acquire(timeout=PATIENCE):
                        failures.append(f"{owner} waits")
                        return
                    if chance.randrange(5) == 0:
                        slots.leave(owner)
                        continue
                    slot = slots.take(owner)
                running.append(slot)
                most.append(len(running))
                running.remove(slot)
                slots.release(slot)

        threads = [threading.Thread(target=gateway, args=(seed,)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        self.assertEqual(failures, [])
        self.assertLessEqual(max(most), 2)
        wait_for(lambda: not slots.busy)
        self.assertEqual(sorted((slots.take(self.a), slots.take(self.a))), [0, 1])


if __name__ == "__main__":
    unittest.main()
