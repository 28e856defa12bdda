"""When a unit starts workers, how many, and how long it waits after failures."""

import unittest

from support import APPS

from kubewsgi import config, unit
from kubewsgi.unit import Failure, Unit, WorkerState


def a_unit(scripts=((f"{APPS}/hello.wsgi", "application"),)):
    group = config.ApplicationGroup()
    group.id = group.name = group.revision = "x"
    group.tree = None
    group.preload = ()
    group.scripts = scripts
    group.python_home, group.python_path, group.env = None, (), {}
    return Unit(group, ())


def a_worker(owner, state=unit.STARTING):
    worker = WorkerState(1, 0.0, 0.0, None, None, None, 1)
    worker.state = state
    owner.workers.append(worker)
    return worker


class UnitTest(unittest.TestCase):
    def fail(self, owner, now):
        owner.workers.clear()
        failure = Failure("KW304", "why", "")
        owner.import_failed(failure, now)
        return failure.retry_at - now

    def test_all_processes_are_started_at_once(self):
        self.assertEqual(a_unit().missing(3, 0.0), 3)

    def test_a_service_starts_when_the_one_before_has_no_process_left(self):
        before = a_unit(scripts=())
        leaving = a_worker(before, unit.READY)
        after = unit.Unit(before.application_group, ("other",), [before])
        self.assertEqual(after.missing(1, 0.0), 0)
        self.assertIsNone(after.next_start(1))
        leaving.state = unit.DRAINING
        self.assertEqual(after.missing(1, 0.0), 0)
        before.workers.clear()
        self.assertEqual(after.missing(1, 0.0), 1)

    def test_a_worker_of_a_service_leaves_before_another_one_starts(self):
        owner = a_unit(scripts=())
        worn = a_worker(owner, unit.READY)
        worn.worn = "memoryLimit (1 MiB)"
        self.assertTrue(owner.is_replaced(1))
        worn.state = unit.DRAINING
        self.assertEqual(owner.missing(1, 0.0), 0)
        owner.workers.clear()
        self.assertEqual(owner.missing(1, 0.0), 1)

    def test_a_worker_that_was_killed_and_does_not_go_is_stuck(self):
        worker = a_worker(a_unit(), unit.READY)
        self.assertFalse(worker.is_stuck(1000.0))
        worker.killed = 1000.0
        self.assertFalse(worker.is_stuck(1030.0))
        self.assertTrue(worker.is_stuck(1030.5))

    def test_one_worn_worker_at_a_time_leaves_once_others_are_ready(self):
        owner = a_unit()
        first, second = a_worker(owner, unit.READY), a_worker(owner, unit.READY)
        first.worn = second.worn = "memoryLimit (1 MiB)"
        self.assertIs(owner.outgoing(), first)
        self.assertEqual(owner.missing(2, 0.0), 1)
        self.assertFalse(owner.is_replaced(2))
        replacement = a_worker(owner)
        self.assertEqual(owner.missing(2, 0.0), 0)
        self.assertFalse(owner.is_replaced(2))
        replacement.state = unit.READY
        self.assertTrue(owner.is_replaced(2))
        first.state = unit.DRAINING  # and has memory still
        self.assertIsNone(owner.outgoing())
        self.assertFalse(owner.is_replaced(2))
        owner.workers.remove(first)
        self.assertIs(owner.outgoing(), second)
        self.assertEqual(owner.missing(2, 0.0), 1)

    def test_a_dead_worker_is_replaced_at_once(self):
        owner = a_unit()
        a_worker(owner, unit.READY)
        self.assertEqual(owner.missing(2, 0.0), 1)
        owner.died(100.0, 0.0)
        self.assertEqual(owner.missing(2, 0.0), 1)

    def test_a_draining_worker_is_replaced_beside_it(self):
        owner = a_unit()
        a_worker(owner, unit.DRAINING)
        self.assertEqual(owner.missing(1, 0.0), 1)

    def test_failing_imports_wait_one_second_doubling_to_sixty(self):
        owner = a_unit()
        now, waits = 0.0, []
        for _ in range(9):
            wait = self.fail(owner, now)
            waits.append(wait)
            self.assertEqual(owner.missing(1, now + wait - 0.1), 0)
            now += wait
            self.assertEqual(owner.missing(1, now), 1)
        self.assertEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60])

    def test_workers_that_fail_together_are_one_attempt(self):
        owner = a_unit()
        self.assertEqual(self.fail(owner, 0.0), 1)
        self.assertEqual(self.fail(owner, 0.1), 0.9)

    def test_after_a_failure_one_worker_tries_for_all(self):
        owner = a_unit()
        self.fail(owner, 0.0)
        self.assertEqual(owner.missing(3, 1.0), 1)
        self.assertEqual(owner.state, unit.FAILED)
        a_worker(owner, unit.READY)
        owner.became_ready()
        self.assertEqual((owner.state, owner.failure), (unit.READY, None))
        self.assertEqual(owner.missing(3, 1.0), 2)

    def test_short_lives_in_a_row_wait_and_a_long_one_forgives(self):
        owner = a_unit()
        for _ in range(3):
            owner.died(0.1, 0.0)
        self.assertEqual(owner.missing(1, 0.0), 1)
        owner.died(0.1, 0.0)
        self.assertEqual((owner.missing(1, 0.9), owner.missing(1, 1.0)), (0, 1))
        owner.died(0.1, 1.0)
        self.assertEqual((owner.missing(1, 2.9), owner.missing(1, 3.0)), (0, 1))
        owner.died(100.0, 3.0)
        owner.died(0.1, 3.0)
        self.assertEqual(owner.missing(1, 3.0), 1)

    def test_next_start_is_when_waiting_ends(self):
        owner = a_unit()
        self.fail(owner, 5.0)
        self.assertEqual(owner.next_start(1), 6.0)
        a_worker(owner)
        self.assertIsNone(owner.next_start(1))

    def test_a_retired_unit_starts_nothing(self):
        owner = a_unit()
        owner.retired = True
        self.assertEqual((owner.missing(3, 0.0), owner.state), (0, unit.DRAINING))


if __name__ == "__main__":
    unittest.main()
