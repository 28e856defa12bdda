import unittest
from types import SimpleNamespace

from harness.rounds import measure_rounds, order, warm_up


def server(name, serves):
    return SimpleNamespace(name=name, target=SimpleNamespace(serves=lambda load: load in serves))


def measured(servers, loads, rounds):
    return measure_rounds(
        servers, loads, rounds, lambda one, load, number: (number, load, one.name)
    )


class WarmUpTest(unittest.TestCase):
    def test_each_target_has_as_much_however_many_workloads_it_has(self):
        seconds = {"a": [], "b": []}
        servers = [server("a", "xyz"), server("b", "z")]
        for one in servers:
            one.target.request = lambda load, name=one.name: name
            one.port = lambda load: 0
        wrk = SimpleNamespace(run=lambda name, port, time: seconds[name].append(time))
        warm_up(servers, "xyz", 30, wrk)
        self.assertEqual(seconds, {"a": [10, 10, 10], "b": [30]})


class RoundsTest(unittest.TestCase):
    def test_targets_of_a_workload_are_neighbours_in_every_round(self):
        self.assertEqual(
            measured([server("a", "xy"), server("b", "xy")], "xy", 2),
            [
                (0, "x", "a"),
                (0, "x", "b"),
                (0, "y", "a"),
                (0, "y", "b"),
                (1, "x", "b"),
                (1, "x", "a"),
                (1, "y", "b"),
                (1, "y", "a"),
            ],
        )

    def test_a_target_is_left_out_of_workloads_that_it_does_not_serve(self):
        self.assertEqual(
            measured([server("a", "xy"), server("b", "y")], "xy", 1),
            [(0, "x", "a"), (0, "y", "a"), (0, "y", "b")],
        )

    def test_each_target_goes_first_in_turn(self):
        self.assertEqual([order("abc", number)[0] for number in range(4)], list("abca"))


if __name__ == "__main__":
    unittest.main()
