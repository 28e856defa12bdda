"""The crew's guarantees, under many interleavings."""

import random
import threading
import time
import unittest
from queue import Queue

from support import PATIENCE, wait_for

from kubewsgi.crew import Crew
from kubewsgi.slots import Slots


class Item:
    """What serving it does."""

    def __init__(self, run):
        self.run = run
        self.kept = None


class Office:
    """A crew whose items come from a queue."""

    def __init__(self, size):
        self.queue = Queue()
        self.served = Queue()
        self.refused = Queue()
        self.lock = threading.Lock()
        self.at_once = 0
        self.most_at_once = 0
        self.threads = set()
        self.slots = Slots(size, lambda _owner: None)
        Crew(self.slots, self._wait, self._serve, self.refused.put).start()

    def put(self, run):
        item = Item(run)
        self.queue.put(item)
        return item

    def _wait(self):
        item = self.queue.get()
        return None if item is None else [item]

    def _serve(self, item, slot):
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.threads.add(threading.get_ident())
        item.run()
        with self.lock:
            self.at_once -= 1
        self.slots.release(slot)
        self.served.put(slot)

    def collect(self, count):
        """The slots of `count` served items, once these are free again."""
        slots = [self.served.get(timeout=PATIENCE) for _ in range(count)]
        wait_for(lambda: not self.slots.busy)
        return slots

    def end(self):
        self.queue.put(None)


class CrewTest(unittest.TestCase):
    def office(self, size):
        office = Office(size)
        self.addCleanup(office.end)
        return office

    def test_everything_is_served(self):
        office = self.office(3)
        for number in range(2000):
            office.put(_nothing)
            if number % 3 == 2:
                office.collect(3)
        self.assertTrue(office.refused.empty())

    def test_items_that_block_are_served_beside_each_other(self):
        for size in (2, 5):
            office = self.office(size)
            together = threading.Barrier(size)
            for _ in range(20):
                for _ in range(size):
                    office.put(lambda barrier=together: barrier.wait(PATIENCE))
                office.collect(size)
            self.assertEqual(office.most_at_once, size)

    def test_no_item_is_forgotten_whatever_the_items_take(self):
        for size in (1, 2, 4):
            office = self.office(size)
            chance = random.Random(size)
            for _ in range(150):
                count = chance.randint(1, size)
                for _ in range(count):
                    # Fast, slow, and such as end while the stand-by looks or falls asleep.
                    lasting = chance.choice((0, 0, 0, 0.00005, 0.0005, 0.001, 0.002, 0.003))
                    office.put(lambda lasting=lasting: lasting and time.sleep(lasting))
                office.collect(count)
                time.sleep(chance.choice((0, 0, 0.001, 0.004)))
            self.assertTrue(office.refused.empty())
            self.assertLessEqual(office.most_at_once, size)

    def test_an_item_after_a_quiet_time_that_blocks_does_not_stop_the_next(self):
        office = self.office(2)
        for pause in (0, 0.0005, 0.001, 0.002, 0.005, 0.02):
            release = threading.Event()
            time.sleep(pause)  # so that the stand-by is found awake, falling asleep and asleep
            office.put(lambda event=release: event.wait(PATIENCE))
            office.put(release.set)
            office.collect(2)

    def test_when_all_are_busy_the_next_is_refused_at_once(self):
        for size in (1, 3):
            office = self.office(size)
            release = threading.Event()
            for _ in range(size):
                office.put(lambda event=release: event.wait(PATIENCE))
            item = office.put(_nothing)
            self.assertIs(office.refused.get(timeout=PATIENCE), item)
            release.set()
            office.collect(size)
            office.put(_nothing)
            office.collect(1)

    def test_slots_are_distinct_and_reused(self):
        office = self.office(3)
        together = threading.Barrier(3)
        for _ in range(3):
            office.put(lambda: together.wait(PATIENCE))
        self.assertEqual(sorted(office.collect(3)), [0, 1, 2])

    def test_a_crew_of_one_serves_everything_in_the_same_thread(self):
        office = self.office(1)
        for number in range(60):
            release = threading.Event()
            office.put(lambda event=release: event.wait(PATIENCE))
            if number % 2:  # the other thread takes the lead, to refuse this
                office.put(_nothing)
                office.refused.get(timeout=PATIENCE)
            release.set()
            office.collect(1)
        self.assertEqual(len(office.threads), 1)
        self.assertEqual(office.most_at_once, 1)

    def test_a_crew_of_one_refuses_in_the_other_thread_what_becomes_free_too_late(self):
        office = self.office(1)
        release = threading.Event()
        office.put(lambda: release.wait(PATIENCE))
        seen = []

        def may_take(owner):  # the slot is free right after this look
            may = Slots.may_take(office.slots, owner)
            if not may:
                release.set()
                wait_for(lambda: not office.slots.busy)
            seen.append(may)
            return may

        office.slots.may_take = may_take
        late = office.put(_nothing)
        self.assertIs(office.refused.get(timeout=PATIENCE), late)
        office.collect(1)
        self.assertEqual((len(office.threads), seen), (1, [False]))

    def test_what_is_kept_for_an_item_is_its_own(self):
        for size in (1, 2):
            office = self.office(size)
            for _ in range(20):
                item = Item(_nothing)
                taken = [office.slots.take(item) for _ in range(size)]
                office.slots.keep(item, taken.pop())
                self.assertIsNone(office.slots.take(Item(_nothing)))
                office.queue.put(item)
                self.assertIn(office.served.get(timeout=PATIENCE), range(size))
                for slot in taken:
                    office.slots.release(slot)
                wait_for(lambda slots=office.slots: not slots.busy)
            self.assertTrue(size > 1 or len(office.threads) == 1)

    def test_its_threads_end(self):
        before = set(threading.enumerate())
        office = Office(4)
        started = set(threading.enumerate()) - before
        self.assertEqual(len(started), 5)
        office.end()
        for thread in started:
            thread.join(PATIENCE)
            self.assertFalse(thread.is_alive())


def _nothing():
    pass


if __name__ == "__main__":
    unittest.main()
