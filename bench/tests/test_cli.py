import contextlib
import io
import unittest

from harness import report
from harness.cli import PARTS, parse


class OptionsTest(unittest.TestCase):
    def refused(self, *arguments):
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
            parse(arguments)
        return said.getvalue()

    def test_every_part_is_reported(self):
        self.assertEqual(set(PARTS), set(report.PARTS))
        self.assertEqual(set(PARTS), set(report.METHODS))

    def test_the_storm_is_of_a_million_requests_and_a_thousand_reloads(self):
        options = parse([])
        self.assertEqual((options.requests, options.reloads), (1_000_000, 1_000))
        self.assertEqual(options.applications, 100)

    def test_quick_makes_all_parts_short(self):
        options = parse(["--quick", "--part", "compare", "--part", "reloads"])
        self.assertEqual(options.part, ["compare", "reloads"])
        self.assertEqual((options.rounds, options.requests, options.reloads), (1, 20_000, 20))

    def test_what_cannot_be_measured_is_refused(self):
        self.assertIn("at least 1", self.refused("--duration", "0"))
        self.assertIn("at least 20", self.refused("--reloads", "5"))
        self.assertIn("choose from", self.refused("--targets", "apache"))
        self.assertIn("invalid choice", self.refused("--part", "everything"))


if __name__ == "__main__":
    unittest.main()
