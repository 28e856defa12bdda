import re
import unittest
from xml.etree import ElementTree

from harness import chart

from tests import canned

SVG = "{http://www.w3.org/2000/svg}"
# Of 12 and 13 pixels in the fonts that are named, on the wide side.
CHARACTER = 7.2


def spans(root):
    """Where each text begins and ends, and its line."""
    for one in root.iter(SVG + "text"):
        x, length = float(one.get("x")), CHARACTER * len(one.text)
        classes = one.get("class").split()
        begin = x - length if "end" in classes else x - length / 2 if "mid" in classes else x
        yield float(one.get("y")), begin, begin + length, one.text


class ChartTest(unittest.TestCase):
    def setUp(self):
        self.root = ElementTree.fromstring(chart.picture(canned.result()))

    def test_bars_are_as_long_as_their_figures_say_the_longest_first(self):
        bars = [
            (one.get("class"), float(one.get("width")))
            for one in self.root.iter(SVG + "rect")
            if one.get("class") in {"ours", "peer", "alone"}
        ]
        self.assertEqual([kind for kind, _ in bars], ["alone", "ours", "peer", "peer"])
        self.assertAlmostEqual(bars[1][1] / bars[0][1], 60_000 / 90_000, places=2)
        self.assertAlmostEqual(bars[2][1] / bars[0][1], 31_946 / 90_000, places=2)

    def test_no_words_overlap_or_leave_the_picture(self):
        height = float(self.root.get("viewBox").split()[3])
        found = sorted(spans(self.root))
        for (y, _, end, words), (next_y, begin, _, next_words) in zip(found, found[1:]):
            if next_y - y < 1:
                self.assertLess(end, begin, f"{words!r} and {next_words!r}")
        for y, begin, end, words in found:
            self.assertGreater(begin, 0, words)
            self.assertLess(end, chart.WIDTH, words)
            self.assertLess(y, height, words)

    def test_there_is_a_curve_for_each_mode_and_one_for_workers(self):
        curves = [
            one.get("d")
            for one in self.root.iter(SVG + "path")
            if re.match("curve", one.get("class")) and "L" in one.get("d")
        ]
        self.assertEqual([one.count("L") + 1 for one in curves], [200] * 3)

    def test_what_was_not_measured_leaves_no_panel(self):
        only = ElementTree.fromstring(chart.picture(canned.result(start=canned.start())))
        self.assertEqual(list(spans(only)), [])

    def test_an_invalid_figure_has_no_number(self):
        figure = canned.Figure("nginx-uwsgi", "hello", 5.0, 1, 1, ("errors: 1 read",), 0, 1, 1)
        text = chart.picture(canned.result(compare=canned.compared([figure])))
        self.assertIn(">invalid<", text)

    def test_an_axis_has_a_few_round_steps(self):
        for most in (12, 95, 264, 333, 601, 1999, 12_345):
            step, end = chart.scale(most)
            self.assertGreaterEqual(end, most)
            self.assertIn(str(round(step))[0], "125")
            self.assertLessEqual(end / step, 7)


if __name__ == "__main__":
    unittest.main()
