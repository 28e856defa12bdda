import unittest
from types import SimpleNamespace

from harness import reloads
from harness.procfs import Memory
from harness.reloads import Point, growth, outcomes


def points(*sizes):
    """Points of a run of as many reloads, whose processes have these sizes together."""
    return [
        Point(number, 10 * number, 0.1 * number, size - 1000, size, 1000, 900)
        for number, size in enumerate(sizes, start=1)
    ]


class GrowthTest(unittest.TestCase):
    def test_growth_is_from_after_the_warm_up_to_the_end(self):
        # Ten reloads: two warm up, the third is what the last is compared with.
        found = growth(points(9000, 50, 20_000, 1, 1, 1, 1, 1, 1, 21_000))
        self.assertEqual((found["rss_before_kb"], found["rss_after_kb"]), (20_000, 21_000))
        self.assertAlmostEqual(found["growth_percent"], 5.0)

    def test_a_single_outlier_does_not_count(self):
        sizes = [20_000] * 100
        sizes[95] = 90_000
        self.assertEqual(growth(points(*sizes))["growth_percent"], 0.0)


class FollowTest(unittest.TestCase):
    def test_memory_is_sampled_as_reloads_come_through(self):
        client = SimpleNamespace(tally=SimpleNamespace(answers=0))

        def reload(requests):
            client.tally.answers += requests
            return 0.25

        client.reload = reload
        memory = (Memory(2, 3, 1), Memory(5, 7, 1))
        count = 2 * reloads.SAMPLES
        found, seconds = reloads.follow(client, count, 50, lambda: memory)
        self.assertEqual(len(found), reloads.SAMPLES)
        self.assertEqual((found[0].reloads, found[0].requests, found[0].rss), (2, 100, 10))
        self.assertEqual(seconds, [0.25] * count)


class OutcomesTest(unittest.TestCase):
    def outcomes(self, growth_percent, failures):
        return outcomes(
            {
                "title": "kube-wsgi embedded",
                "answers": 1_000_400,
                "reloads": 1000,
                "failures": failures,
                "growth_percent": growth_percent,
            }
        )

    def test_five_percent_and_no_failure_are_promised(self):
        self.assertEqual([one.reached for one in self.outcomes(5.0, 0)], [True, True])
        self.assertEqual([one.reached for one in self.outcomes(5.1, 1)], [False, False])
        self.assertIn("1 000 400 requests with 1000 reloads", self.outcomes(5.0, 0)[0].title)

    def test_memory_may_shrink(self):
        self.assertTrue(self.outcomes(-12.0, 0)[0].reached)


if __name__ == "__main__":
    unittest.main()
