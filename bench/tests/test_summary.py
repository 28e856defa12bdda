import unittest

from harness.rounds import Sample
from harness.summary import RATIOS, Outcome, Ratio, figures, outcome
from harness.targets import KUBE_WSGI_DAEMON, NGINX_UWSGI
from harness.workloads import HELLO
from harness.wrk import Load

OURS, PEER = KUBE_WSGI_DAEMON.key, NGINX_UWSGI.key
RATIO = Ratio(KUBE_WSGI_DAEMON, NGINX_UWSGI, HELLO, goal=1.2)


def sample(target, number, rate, p99=1.0, fault=None, other_cpu=0.0, server_cpu=1.0):
    load = Load(rate, p50_ms=p99 / 2, p99_ms=p99, max_ms=p99, errors={}, generator_cpu=0.5)
    return Sample(target, HELLO.key, number, load, fault, server_cpu, other_cpu)


class FiguresTest(unittest.TestCase):
    def test_a_figure_is_the_median_of_its_own_rounds(self):
        samples = [
            sample(OURS, n, rate, p99)
            for n, rate, p99 in ((0, 100, 9.0), (1, 400, 1.0), (2, 300, 2.0))
        ]
        ours, peer = figures([*samples, sample(PEER, 0, 7)])
        self.assertEqual((ours.target, ours.requests_per_second, ours.p99_ms), (OURS, 300, 2.0))
        self.assertEqual((peer.target, peer.requests_per_second), (PEER, 7))

    def test_one_bad_round_makes_the_figure_invalid_and_says_why_once(self):
        bad = "errors: 1 read"
        (figure,) = figures(
            [sample(OURS, 0, 1), sample(OURS, 1, 1, fault=bad), sample(OURS, 2, 1, fault=bad)]
        )
        self.assertEqual(figure.faults, (bad,))

    def test_rounds_with_strangers_on_the_core_are_counted(self):
        (figure,) = figures([sample(OURS, 0, 1, other_cpu=0.3), sample(OURS, 1, 1)])
        self.assertEqual(figure.disturbed_rounds, 1)


class GoalsTest(unittest.TestCase):
    def test_what_the_project_promises(self):
        goals = {one.title: one.goal for one in RATIOS if one.goal is not None}
        self.assertEqual(
            goals,
            {
                "hello: kube-wsgi embedded / mod_wsgi embedded": 6,
                "hello: kube-wsgi embedded / nginx → uWSGI": 4,
                "hello, p99: kube-wsgi embedded / nginx → uWSGI": 1,
                "hello: kube-wsgi embedded / kube-wsgi without Python": 0.6,
                "Django JSON view: kube-wsgi embedded / mod_wsgi embedded": 1.2,
                "Django JSON view, p99: kube-wsgi embedded / mod_wsgi embedded": 1,
                "hello: kube-wsgi daemon / nginx → uWSGI": 1.5,
                "hello: kube-wsgi daemon / mod_wsgi daemon": 4,
                "hello: kube-wsgi daemon / nginx → gunicorn": 3,
            },
        )

    def test_no_ratio_is_there_twice(self):
        titles = [one.title for one in RATIOS]
        self.assertEqual(len(titles), len(set(titles)))


class OutcomeTest(unittest.TestCase):
    def test_a_ratio_is_taken_within_each_round(self):
        # The ratio of the medians would be 200 / 100; within the rounds it is 2, 4 and 1.
        samples = [
            sample(OURS, 0, 200),
            sample(PEER, 0, 100),
            sample(OURS, 1, 400),
            sample(PEER, 1, 100),
            sample(PEER, 2, 50),
            sample(OURS, 2, 50),
        ]
        measured = outcome(RATIO, samples)
        self.assertEqual(measured.rounds, (2, 4, 1))
        self.assertEqual(measured.value, 2)
        self.assertTrue(measured.reached)

    def test_a_ratio_by_processor_time_ignores_what_strangers_took(self):
        slowed = sample(OURS, 0, 100, server_cpu=0.25, other_cpu=0.75)
        measured = outcome(RATIO, [slowed, sample(PEER, 0, 200)])
        self.assertEqual((measured.value, measured.by_cpu), (0.5, 2.0))

    def test_an_invalid_side_leaves_no_ratio(self):
        measured = outcome(RATIO, [sample(OURS, 0, 200), sample(PEER, 0, 1, fault="status 500")])
        self.assertIsNone(measured.value)
        self.assertIsNone(measured.reached)

    def test_a_ratio_of_p99_is_reached_from_above(self):
        ratio = Ratio(KUBE_WSGI_DAEMON, NGINX_UWSGI, HELLO, goal=1.0, p99=True)
        measured = outcome(ratio, [sample(OURS, 0, 1, p99=3.0), sample(PEER, 0, 1, p99=4.0)])
        self.assertEqual((measured.value, measured.reached), (0.75, True))
        self.assertEqual(measured.title, "hello, p99: kube-wsgi daemon / nginx → uWSGI")
        self.assertIsNone(measured.by_cpu)

    def test_a_side_that_was_not_measured_leaves_no_row(self):
        self.assertIsNone(outcome(RATIO, [sample(OURS, 0, 200)]))

    def test_limits_are_reached_from_above_and_ratios_from_below(self):
        self.assertTrue(Outcome("", 14.0, 15.0, "MB", at_most=True).reached)
        self.assertFalse(Outcome("", 16.0, 15.0, "MB", at_most=True).reached)
        self.assertFalse(Outcome("", 1.1, 1.2, "×").reached)
        self.assertIsNone(Outcome("", 1.1, None, "×").reached)


if __name__ == "__main__":
    unittest.main()
