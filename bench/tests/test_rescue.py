import unittest

from harness.rescue import outcomes


class RescueTest(unittest.TestCase):
    def test_the_latest_of_each_case_counts(self):
        soon, late = outcomes({"loop": [[0.1, 0.2], [0.3, 0.3]], "C": [[1.0, 1.9], [1.1, 2.1]]})
        self.assertEqual((soon.value, soon.reached), (0.3, True))
        self.assertEqual((late.value, late.reached), (2.1, False))
        self.assertIn("1.10 s", late.note)


if __name__ == "__main__":
    unittest.main()
