import tempfile
import unittest
from pathlib import Path

from harness.dispatch import cli
from harness.errors import BenchError


class TracesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.first, self.second = (Path(folder.name) / name for name in ("first", "second"))
        self.first.mkdir()
        self.second.mkdir()

    def test_each_round_has_its_own(self):
        one, other = cli.traces(cli.parse(["--rounds", "2"]), self.first)
        self.assertNotEqual(one.mixed, other.mixed)
        self.assertEqual(one.mixed, cli.traces(cli.parse(["--quick"]), self.second)[0].mixed)

    def test_those_of_an_earlier_run_are_sent_again(self):
        made = cli.traces(cli.parse(["--seed", "5", "--rounds", "2"]), self.first)
        again = ["--traces", str(self.first), "--rounds", "2"]
        self.assertEqual(made, cli.traces(cli.parse(again), self.second))

    def test_more_rounds_than_were_kept_are_no_guess(self):
        cli.traces(cli.parse(["--quick"]), self.first)
        with self.assertRaisesRegex(BenchError, "mixed-2.trace is no trace"):
            cli.traces(cli.parse(["--traces", str(self.first), "--rounds", "2"]), self.second)


if __name__ == "__main__":
    unittest.main()
