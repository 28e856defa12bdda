import unittest

from harness.dispatch import overload
from harness.dispatch.load import Answer
from harness.dispatch.trace import Arrival


def served(start, end, asked):
    return Answer(Arrival(0.0, asked), 0.0, end, 200, start, end, "a")


def other(status, sent, received):
    return Answer(Arrival(sent, 1.0), sent, received, status)


class OverloadTest(unittest.TestCase):
    def test_counts_what_was_done_after_the_first_wait_and_before_the_last_request(self):
        answers = [served(0.0, 2.0, 2.0), served(2.0, 3.0, 1.0), other(503, 3.0, 3.1)]
        found = overload.judge(answers, threads=1, timeout=1.0)
        self.assertEqual(found.goodput, 1.0)
        self.assertEqual((found.requests, found.served, found.refused, found.others), (3, 2, 1, 0))

    def test_a_sleep_that_takes_longer_than_asked_is_not_all_good(self):
        found = overload.judge([served(0.0, 4.0, 2.0), other(503, 4.0, 4.0)], 1, timeout=1.0)
        self.assertEqual(found.goodput, 0.5)

    def test_the_latest_refusal_and_every_other_answer_are_seen(self):
        answers = [other(503, 0.0, 1.25), other(502, 1.0, 9.0), other(0, 2.0, 3.0)]
        found = overload.judge(answers, threads=1, timeout=1.0)
        self.assertEqual((found.latest_refusal, found.others), (1.25, 2))


if __name__ == "__main__":
    unittest.main()
