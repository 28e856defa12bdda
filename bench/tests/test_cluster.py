import unittest

from harness.cluster.figures import Measure, percentile, table
from harness.cluster.objects import alias, is_programmed
from harness.cluster.pods_figures import in_bytes
from harness.errors import BenchError


class PercentileTest(unittest.TestCase):
    def test_is_a_value_that_was_measured(self):
        values = [5.0, 1.0, 4.0, 2.0, 3.0]
        self.assertEqual(percentile(values, 0.5), 3.0)
        self.assertEqual(percentile(values, 0.95), 5.0)
        self.assertEqual(percentile([7.0], 0.01), 7.0)


class TableTest(unittest.TestCase):
    def test_a_measure_above_its_goal_is_not_reached(self):
        rows = table([Measure("a", 60, 60, "s"), Measure("b", 60.1, 60, "s", "why")]).splitlines()
        self.assertEqual(rows[2], "| a | 60 s | ≤ 60 s | yes |  |")
        self.assertEqual(rows[3], "| b | 60.1 s | ≤ 60 s | **no** | why |")


class ObjectsTest(unittest.TestCase):
    def test_aliases_are_dealt_to_all_groups(self):
        groups = {alias(number, 3)["spec"]["processGroup"] for number in range(6)}
        self.assertEqual(groups, {"site0", "site1", "site2"})

    def test_an_alias_without_status_is_not_programmed(self):
        self.assertFalse(is_programmed(alias(1, 1)))
        done = {"status": {"conditions": [{"type": "Programmed", "status": "True"}]}}
        self.assertTrue(is_programmed({**alias(1, 1), **done}))


class MemoryTest(unittest.TestCase):
    def test_is_read_as_metrics_server_writes_it(self):
        self.assertEqual(in_bytes("153620Ki"), 153620 * 1024)
        self.assertEqual(in_bytes("12Mi"), 12 * 1024 * 1024)
        self.assertEqual(in_bytes("7"), 7)

    def test_another_unit_is_not_taken_for_bytes(self):
        with self.assertRaises(BenchError):
            in_bytes("1Gi")


if __name__ == "__main__":
    unittest.main()
