import tempfile
import unittest
from pathlib import Path

from harness.dispatch import trace
from harness.dispatch.trace import Arrival, Bursts
from harness.errors import BenchError


class MakeTest(unittest.TestCase):
    def test_a_seed_is_a_trace(self):
        bursts = Bursts(10, 2.0)
        one = trace.make(7, 5.0, 8, 0.5, bursts)
        self.assertEqual(one, trace.make(7, 5.0, 8, 0.5, bursts))
        self.assertNotEqual(one, trace.make(8, 5.0, 8, 0.5, bursts))

    def test_has_the_mix_that_it_says_and_all_gateways(self):
        arrivals = trace.make(1, 20.0, 8, 0.8)
        longs = sum(one.service == trace.LONG_SECONDS for one in arrivals)
        self.assertEqual(longs, -(-len(arrivals) // trace.ONE_LONG_IN))
        self.assertEqual({one.gateway for one in arrivals}, set(range(trace.GATEWAYS)))
        work = sum(one.service for one in arrivals) / (20.0 * 8)
        self.assertAlmostEqual(work, 0.8, delta=0.1)

    def test_bursts_come_together_and_in_order(self):
        arrivals = trace.make(1, 4.0, 1, 1e-9, Bursts(50, 2.0))
        times = [one.at for one in arrivals]
        self.assertEqual(times, sorted(times))
        self.assertEqual(len([at for at in times if 1.0 <= at < 1.001]), 50)
        self.assertEqual(len([at for at in times if 3.0 <= at < 3.001]), 50)


class FileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "mixed.trace"

    def test_a_trace_comes_back_as_it_was(self):
        arrivals = trace.make(3, 2.0, 8, 0.6, Bursts(5, 1.0))
        trace.write(self.file, arrivals)
        self.assertEqual(trace.read(self.file), arrivals)

    def test_what_is_no_trace_is_refused(self):
        for text in ("", "1,2,0\n", f"{trace.HEAD}\n1,2\n", f"{trace.HEAD}\n1,2,9\n"):
            with self.subTest(text), self.assertRaisesRegex(BenchError, "is no trace"):
                self.file.write_text(text)
                trace.read(self.file)

    def test_requests_out_of_order_are_refused(self):
        trace.write(self.file, [Arrival(2.0, 0.001), Arrival(1.0, 0.001)])
        with self.assertRaisesRegex(BenchError, "order"):
            trace.read(self.file)


if __name__ == "__main__":
    unittest.main()
