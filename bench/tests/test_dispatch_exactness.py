import unittest
from dataclasses import replace

from harness.dispatch import exactness
from harness.dispatch.exactness import Way, compare, idle_beside, overtaken
from harness.dispatch.load import Answer
from harness.dispatch.trace import Arrival

NO_WAY = Way(0.0, 0.0, 0.0)


def served(sent, start, end, slot="1/0", gateway=0):
    return Answer(Arrival(sent, end - start, gateway), sent, end, 200, start, end, slot)


def beside(answers, threads):
    return idle_beside(answers, [one.sent for one in answers], threads)


class CompareTest(unittest.TestCase):
    def test_a_central_queue_is_as_good_as_itself(self):
        answers = [served(0, 0, 4, "a"), served(0, 0, 1, "b"), served(0.5, 1, 2, "b")]
        found = compare(answers, NO_WAY, threads=2)
        self.assertEqual((found.waits, found.ratio), (found.ideal, 1.0))
        self.assertEqual((found.idle_longest, found.overtaken, found.late), (0.0, 0, 0.0))

    def test_a_request_dealt_to_a_busy_thread_shows(self):
        # The third waits for the first thread, although the second is free from 1 on.
        answers = [served(0, 0, 4, "a"), served(0, 0, 1, "b"), served(0.5, 4, 5, "a")]
        found = compare(answers, NO_WAY, threads=2)
        self.assertEqual(found.ratio, 3.5 / 0.5)
        self.assertEqual((found.idle_longest, found.idle_noticed), (3.0, (1, 1)))

    def test_the_order_of_queueing_is_a_comparison_of_its_own(self):
        # Sent in another order than read: the one that was queued first has run first.
        first, second = served(0, 0, 4), served(0.001, 8, 9)
        third = served(0.002, 4, 8)
        answers = [
            replace(one, queued=at) for one, at in ((first, 1.0), (second, 3.0), (third, 2.0))
        ]
        found = compare(answers, NO_WAY, threads=1)
        self.assertGreater(found.ratio, 1.5)
        self.assertEqual(found.ratio_as_queued, 1.0)

    def test_the_way_is_no_wait(self):
        found = compare([served(0, 0.25, 1)], Way(0.25, 0.5, 0.25), threads=1)
        self.assertEqual(found.waits.max, 0.0)

    def test_a_client_behind_its_trace_is_seen(self):
        late = Answer(Arrival(1.0, 1.0), 1.5, 3.0, 200, 1.5, 2.5, "b")
        self.assertEqual(compare([served(0, 0, 1), late], NO_WAY, threads=2).late, 0.5)

    def test_what_is_for_several_gateways_is_one_queue_where_there_is_one(self):
        answers = [served(0, 2, 3), served(1, 1.5, 2, "b", gateway=1)]
        self.assertEqual(compare(answers, NO_WAY, threads=2).overtaken, 1)
        self.assertEqual(compare(answers, NO_WAY, threads=2, gateways=3).overtaken, 0)


class WayTest(unittest.TestCase):
    def test_is_the_median_of_requests_alone(self):
        answers = [
            Answer(Arrival(0, 1), 0.0, 1.75, 200, there, 1.5, "a") for there in (0.25, 0.5, 0.75)
        ]
        self.assertEqual(exactness.way(answers), Way(0.5, 0.75, 0.25))


class IdleTest(unittest.TestCase):
    def test_the_hand_over_to_the_next_request_counts(self):
        self.assertEqual(beside([served(0, 0, 1), served(0.5, 1.25, 2)], threads=1), [(1, 1.25)])

    def test_a_thread_that_serves_nothing_is_idle(self):
        self.assertEqual(beside([served(0, 0, 1), served(0.5, 1, 2)], threads=2), [(0.5, 1)])

    def test_no_more_than_one_request_waited_counts(self):
        # Two wait in turn while the other thread is idle from 1 to 5.
        answers = [
            *(served(0, 0, 3, "a"), served(2, 3, 4, "a"), served(3.5, 4, 6, "a")),
            *(served(0, 0, 1, "b"), served(5, 5, 6, "b")),
        ]
        self.assertEqual(beside(answers, threads=2), [(2, 3), (3.5, 4)])

    def test_a_thread_that_is_idle_while_nobody_waits_is_none_to_count(self):
        self.assertEqual(beside([served(0, 0, 1), served(2, 2, 3)], threads=1), [])

    def test_times_that_overlap_are_one_occasion(self):
        times = [(5.0, 6.0), (0.0, 2.0), (1.0, 3.0), (1.5, 1.6)]
        self.assertEqual(exactness.occasions(times, 0.5), 2)
        self.assertEqual(exactness.occasions(times, 1.5), 1)
        self.assertEqual(exactness.occasions(times, 2.0), 0)


class OvertakenTest(unittest.TestCase):
    def leads(self, answers, tolerance=0.01):
        return overtaken(answers, tolerance, lambda one: one.arrival.gateway)

    def test_who_came_later_and_began_earlier_has_overtaken(self):
        answers = [served(0, 2, 3), served(1, 1.5, 2), served(1.2, 3, 4)]
        self.assertEqual(self.leads(answers), [0.5])

    def test_order_is_that_of_the_gateway_where_it_says_so(self):
        first, second = served(0, 2, 3), served(1, 1.5, 2)
        answers = [replace(first, queued=101.0), replace(second, queued=100.0)]
        self.assertEqual(self.leads(answers), [])

    def test_arrivals_at_the_same_time_have_no_order(self):
        self.assertEqual(self.leads([served(0, 2, 3), served(0.005, 1, 2)]), [])

    def test_queues_of_gateways_have_an_order_each(self):
        answers = [served(0, 2, 3), served(1, 1.5, 2, gateway=1)]
        self.assertEqual(self.leads(answers), [])
        self.assertEqual(overtaken(answers, 0.01, lambda one: 0), [0.5])


if __name__ == "__main__":
    unittest.main()
