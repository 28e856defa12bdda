import unittest

from harness.dispatch import ideal


class WaitsTest(unittest.TestCase):
    def test_nobody_waits_while_a_thread_is_free(self):
        self.assertEqual(ideal.waits([(0.0, 5.0), (1.0, 5.0)], threads=2), [0.0, 0.0])

    def test_the_first_thread_that_frees_takes_the_first_that_waits(self):
        requests = [(0.0, 4.0), (0.0, 1.0), (0.5, 10.0), (0.6, 1.0)]
        self.assertEqual(ideal.waits(requests, threads=2), [0.0, 0.0, 0.5, 3.4])

    def test_order_is_that_of_arrival_not_of_the_list(self):
        self.assertEqual(ideal.waits([(1.0, 1.0), (0.0, 3.0)], threads=1), [2.0, 0.0])

    def test_order_may_be_said(self):
        requests = [(0.0, 1.0), (0.001, 3.0)]
        self.assertEqual(ideal.waits(requests, 1, came=[2.0, 1.0]), [3.001, 0.0])

    def test_more_threads_than_requests(self):
        self.assertEqual(ideal.waits([(0.0, 1.0)], threads=8), [0.0])
        self.assertEqual(ideal.waits([], threads=8), [])


if __name__ == "__main__":
    unittest.main()
