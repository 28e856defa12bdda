import unittest

from harness.rounds import measure_rounds, order


class RoundsTest(unittest.TestCase):
    def test_targets_of_a_workload_are_neighbours_in_every_round(self):
        seen = measure_rounds("ab", "xy", 2, lambda server, load, number: (number, load, server))
        self.assertEqual(
            seen,
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

    def test_each_target_goes_first_in_turn(self):
        self.assertEqual([order("abc", number)[0] for number in range(4)], list("abca"))


if __name__ == "__main__":
    unittest.main()
