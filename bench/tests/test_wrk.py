import unittest

from harness.errors import BenchError
from harness.wrk import parse_result

RESULT = (
    'wrk-result {"requests": 30000, "duration_us": 2000000, "bytes": 1, "p50_us": 1900,'
    ' "p99_us": 3400, "max_us": 9000, "errors": {"connect": 0, "read": %d, "write": 0,'
    ' "status": %d, "timeout": 0}}\n'
)
CHATTER = "Running 2s test @ http://127.0.0.1:1/hello\n  1 threads and 64 connections\n"


class ParseResultTest(unittest.TestCase):
    def test_reads_rate_and_latencies_among_wrks_own_lines(self):
        load = parse_result(CHATTER + RESULT % (0, 0), generator_cpu=0.25)
        self.assertEqual(load.requests_per_second, 15_000)
        self.assertEqual((load.p50_ms, load.p99_ms, load.max_ms), (1.9, 3.4, 9.0))
        self.assertEqual(load.generator_cpu, 0.25)
        self.assertIsNone(load.fault)

    def test_any_error_is_a_fault_that_names_its_kind_and_count(self):
        self.assertEqual(parse_result(RESULT % (3, 0)).fault, "errors: 3 read")
        self.assertEqual(parse_result(RESULT % (1, 7)).fault, "errors: 1 read, 7 status")

    def test_where_refusals_are_expected_any_other_answer_is_a_fault(self):
        self.assertIsNone(parse_result(RESULT % (0, 30_000), refused=True).fault)
        self.assertEqual(parse_result(RESULT % (0, 29_998), refused=True).fault, "errors: 2 status")
        self.assertEqual(parse_result(RESULT % (1, 30_000), refused=True).fault, "errors: 1 read")

    def test_no_answer_at_all_is_a_fault(self):
        silent = (RESULT % (0, 0)).replace("30000", "0")
        self.assertEqual(parse_result(silent).fault, "no answer at all")

    def test_output_without_exactly_one_result_is_refused(self):
        for output in (CHATTER, RESULT % (0, 0) + RESULT % (0, 0)):
            with self.assertRaises(BenchError):
                parse_result(output)


if __name__ == "__main__":
    unittest.main()
