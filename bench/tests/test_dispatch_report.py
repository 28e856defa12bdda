import unittest
from dataclasses import asdict

from harness.dispatch import report
from harness.dispatch.exactness import Exactness, Waits, Way
from harness.dispatch.overload import Overload


def a_round(p99, ideal_p99=0.5):
    waits, ideal = Waits(0.0, 0.1, p99, 1.0), Waits(0.0, 0.1, ideal_p99, 1.0)
    one = Exactness(1000, waits, ideal, ideal, 0.0012, (1, 0), 0, 0.0, 5, 0.001)
    return {**asdict(one), "ratio": one.ratio, "ratio_as_queued": one.ratio_as_queued}


def server(title="one gateway", gateways=1, rounds=(0.5,), goodput=0.97, **more):
    judged = Overload(4000, goodput, 800, 3200, 0, 1.01, 1.0)
    return {
        "title": title,
        "gateways": gateways,
        "ours": True,
        "api_server": "",
        "way": asdict(Way(0.0004, 0.0009, 0.0002)),
        "put_back": 12,
        "rounds": [a_round(p99) for p99 in rounds],
        "overload": [asdict(judged)],
        **more,
    }


class GoalsTest(unittest.TestCase):
    def reached(self, **more):
        return {one.title: one.reached for one in report.outcomes([server(**more)])}

    def test_the_median_round_decides(self):
        title = "one gateway: p99 of waits / central queue"
        self.assertTrue(self.reached(rounds=(0.5, 0.51, 0.9))[title])
        self.assertFalse(self.reached(rounds=(0.5, 0.53, 0.53))[title])

    def test_three_gateways_may_be_further_off_than_one(self):
        title = "x: p99 of waits / central queue"
        self.assertTrue(self.reached(title="x", gateways=3, rounds=(0.545,))[title])
        self.assertFalse(self.reached(title="x", gateways=1, rounds=(0.545,))[title])

    def test_goodput_is_at_least_its_goal(self):
        self.assertTrue(self.reached(goodput=0.95)["one gateway, overload: goodput"])
        self.assertFalse(self.reached(goodput=0.94)["one gateway, overload: goodput"])

    def test_what_must_not_happen_is_counted_over_all_rounds(self):
        rounds = [{**a_round(0.5), "overtaken": count} for count in (0, 0, 2)]
        outcome = report.outcomes([{**server(), "rounds": rounds}])[1]
        self.assertEqual((outcome.value, outcome.reached), (2, False))
        row = report.goal_table([outcome]).splitlines()[-1]
        self.assertTrue(row.endswith("| 2 | ≤ 0 | **no** | 0, 0, 2 |"), row)

    def test_peers_have_no_goal(self):
        self.assertEqual(report.outcomes([server(ours=False, overload=[])]), [])


class PageTest(unittest.TestCase):
    def setUp(self):
        peer = server("nginx → uWSGI", rounds=(2.0,), ours=False, overload=[])
        self.page = report.page(
            {
                "command": "bench/dispatch",
                "settings": {
                    "seconds": 12,
                    "threads": 8,
                    "rounds": 1,
                    "overload": 5.0,
                    "overload_seconds": 6,
                },
                "machine": {"cores": "2"},
                "servers": [server(api_server="v1.36.3"), peer],
            }
        )

    def test_says_what_was_run_and_on_what(self):
        self.assertIn(
            "Command: `bench/dispatch`. 1 rounds, each with a trace of its own of 12 s", self.page
        )
        self.assertIn("| cores | 2 |", self.page)
        self.assertIn("| API server | v1.36.3 |", self.page)

    def test_has_a_row_for_each_server(self):
        self.assertIn("| nginx → uWSGI | 0.0 (0.0) | 100.0 (100.0) | 2000.0 (500.0) |", self.page)
        self.assertIn("| one gateway | 1000 | 0.40 + 0.20 | 1.2 | 1 | 0 | 0 |", self.page)

    def test_only_who_was_overloaded_is_in_that_table(self):
        part = self.page.split("## Overload\n")[1].split("\n## ")[0]
        self.assertIn("| one gateway | 4000 | 800 | 3200 | 0 | 97.0% | 1010.0 of 1000 |", part)
        self.assertNotIn("nginx", part)


if __name__ == "__main__":
    unittest.main()
