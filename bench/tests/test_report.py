import json
import unittest
from dataclasses import asdict, replace

from harness import report
from harness.debian import parse_versions
from harness.errors import BenchError
from harness.machine import memory, processor
from harness.summary import Figure
from harness.templates import fill

from tests import canned


class ReportTest(unittest.TestCase):
    def markdown(self, figure=canned.FIGURE, outcome=canned.RATIO):
        return report.markdown(canned.result(compare=canned.compared([figure], [outcome])))

    def test_tables_show_medians_goals_memory_and_machine(self):
        text = self.markdown()
        self.assertIn("| nginx → uWSGI | 31 946 (1.9, 3.4) |", text)
        self.assertIn("| hello: a / b | 2.50 × | ≥ 1.2 × | yes | 2.50, 2.00, 3.00 | 2.40 × |", text)
        self.assertIn("| nginx → uWSGI | 2.0 MB | 8 | – | 1.0% |", text)
        self.assertIn("| nginx → uWSGI | 33 000 |", text)
        self.assertIn("| cores | 2 |", text)

    def test_a_missed_goal_and_an_invalid_figure_stand_out(self):
        invalid = Figure(**{**asdict(canned.FIGURE), "faults": ("errors: 1 read",)})
        text = self.markdown(invalid, replace(canned.RATIO, value=1.1))
        self.assertIn("| **no** |", text)
        self.assertIn("INVALID 31 946", text)
        self.assertIn("INVALID: nginx → uWSGI, hello: errors: 1 read.", text)

    def test_a_full_load_generator_and_a_disturbed_round_are_said(self):
        text = self.markdown(replace(canned.FIGURE, disturbed_rounds=2, generator_cpu=0.99))
        self.assertIn("Limited by wrk", text)
        self.assertIn("core: nginx → uWSGI, hello.", text)

    def test_every_part_has_its_goals_in_one_table_and_figures_of_its_own(self):
        text = report.markdown(canned.result())
        goals, rest = text.split("## Without a goal")
        for row in (
            "| added | 0.12 ms | ≤ 0.2 ms | yes |",
            "| PSS | 0.07 × | ≤ 0.2 × | yes |",
            "| start | 1.20 s | ≤ 1 s | **no** | 1.20 |",
            "| failures | 0 | ≤ 0 | yes |",
        ):
            self.assertIn(row, goals)
        for row in (
            "| echo: a / b | 0.90 × |  |  | 0.90 |",
            "| through the gateway | 0.320 | 1.500 | 0.020 |",
            "| as gunicorn | 3000.0 MB | 30.0 MB | 200 |",
            "| kube-wsgi daemon | 1 000 400 | 0 | 1 000 | 110 (300) ms | 263.7 MB | 332.0 MB |",
        ):
            self.assertIn(row, rest)

    def test_a_part_alone_leaves_no_empty_table(self):
        text = report.markdown(canned.result(start=canned.start()))
        self.assertEqual(text.count("## "), 2)
        self.assertNotIn("requests/s", text)

    def test_a_failed_request_of_a_storm_stands_out(self):
        part = canned.reloads()
        part["modes"]["daemon"]["failures"] = 3
        self.assertIn("| INVALID 3 |", report.markdown(canned.result(reloads=part)))

    def test_the_page_is_the_same_from_a_stored_run(self):
        result = canned.result()
        self.assertEqual(report.page(json.loads(json.dumps(result))), report.page(result))

    def test_the_page_tells_the_command_of_each_part(self):
        page = report.page(canned.result())
        told = "Commands: `bench/run` (compare, added, memory, reloads); `bench/run --part start`"
        self.assertIn(told, page)
        self.assertIn("(images/benchmarks.svg)", page)


class MergedTest(unittest.TestCase):
    def test_the_last_result_of_a_part_counts(self):
        first, later = canned.start(), canned.start()
        later["seconds"] = [[0.5]]
        result = report.merged(
            [canned.result(start=first, added=canned.added()), canned.result(start=later)]
        )
        self.assertEqual(list(result["parts"]), ["start", "added"])
        self.assertEqual(result["parts"]["start"]["seconds"], [[0.5]])

    def test_facts_that_differ_are_all_told(self):
        other = {**canned.result(), "machine": {"cores": "2", "kube-wsgi": "def"}}
        facts = report.merged([canned.result(), other])["machine"]
        self.assertEqual(facts, {"cores": "2", "kube-wsgi": "abc; def"})

    def test_a_document_of_before_there_were_parts_is_refused(self):
        with self.assertRaisesRegex(BenchError, "measure again"):
            report.merged([{"machine": {}, "figures": []}])


class ParsersTest(unittest.TestCase):
    def test_only_installed_packages_have_a_version(self):
        listing = "nginx ii  1.22.1-9\nwrk rc  4.1.0\npython3-django un \n"
        self.assertEqual(parse_versions(listing), {"nginx": "1.22.1-9"})

    def test_machine_facts_come_from_their_lines(self):
        self.assertEqual(
            processor("vendor_id : X\nmodel name\t: Some CPU @ 2 GHz\n"), "Some CPU @ 2 GHz"
        )
        self.assertEqual(memory("MemTotal:        4194304 kB\n"), "4.0 GiB")

    def test_a_placeholder_without_a_value_is_an_error(self):
        self.assertEqual(fill("listen @port@; $uri", {"port": 80}), "listen 80; $uri")
        with self.assertRaises(KeyError):
            fill("@prot@", {"port": 80})


if __name__ == "__main__":
    unittest.main()
