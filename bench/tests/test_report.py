import json
import unittest
from dataclasses import asdict

from harness import report
from harness.debian import parse_versions
from harness.machine import memory, processor
from harness.startup import first_path
from harness.summary import Figure, Outcome
from harness.templates import fill

FIGURE = Figure("nginx-uwsgi", "hello", 31946.4, 1.9, 3.44, (), 0, 33000.2, 0.26)
MEMORY = {
    "nginx-uwsgi": {"pss_kb": 2048, "processes": 8, "hello_worker_pss_kb": None, "idle_cpu": 0.01}
}


class ReportTest(unittest.TestCase):
    def document(self, figure=FIGURE, value=2.5):
        settings = {"rounds": 3, "seconds": 10, "connections": 64}
        ratio = Outcome("hello: a / b", value, 1.2, "×", rounds=(2.5, 2.0, 3.0), by_cpu=2.4)
        return report.document(
            "bench/run", settings, {"cores": "2"}, [figure], [ratio], MEMORY, [figure]
        )

    def test_tables_show_medians_goals_memory_and_machine(self):
        text = report.markdown(self.document())
        self.assertIn("| nginx → uWSGI | 31 946 (1.9, 3.4) |", text)
        self.assertIn("| hello: a / b | 2.50 × | ≥ 1.2 × | yes | 2.50, 2.00, 3.00 | 2.40 × |", text)
        self.assertIn("| nginx → uWSGI | 2.0 MB | 8 | – | 1.0% |", text)
        self.assertIn("| nginx → uWSGI | 33 000 |", text)
        self.assertIn("| cores | 2 |", text)

    def test_a_missed_goal_and_an_invalid_figure_stand_out(self):
        invalid = Figure(**{**asdict(FIGURE), "faults": ("errors: 1 read",)})
        text = report.markdown(self.document(invalid, value=1.1))
        self.assertIn("| **no** |", text)
        self.assertIn("INVALID 31 946", text)
        self.assertIn("INVALID: nginx → uWSGI, hello: errors: 1 read.", text)

    def test_a_full_load_generator_and_a_disturbed_round_are_said(self):
        doubtful = Figure(**{**asdict(FIGURE), "disturbed_rounds": 2, "generator_cpu": 0.99})
        text = report.markdown(self.document(doubtful))
        self.assertIn("Limited by wrk", text)
        self.assertIn("core: nginx → uWSGI, hello.", text)

    def test_the_page_is_the_same_from_a_stored_run(self):
        result = self.document()
        self.assertEqual(report.page(json.loads(json.dumps(result))), report.page(result))


class ParsersTest(unittest.TestCase):
    def test_only_installed_packages_have_a_version(self):
        listing = "nginx ii  1.22.1-9\nwrk rc  4.1.0\npython3-django un \n"
        self.assertEqual(parse_versions(listing), {"nginx": "1.22.1-9"})

    def test_machine_facts_come_from_their_lines(self):
        self.assertEqual(
            processor("vendor_id : X\nmodel name\t: Some CPU @ 2 GHz\n"), "Some CPU @ 2 GHz"
        )
        self.assertEqual(memory("MemTotal:        4194304 kB\n"), "4.0 GiB")

    def test_the_first_url_on_the_port_gives_the_path_to_ask(self):
        table = "admin http://127.0.0.1:9001/\n/hello  http://127.0.0.1:8000/hello  embedded\n"
        self.assertEqual(first_path(table, 8000), "/hello")
        self.assertEqual(first_path("http://127.0.0.1:8000\n", 8000), "/")
        self.assertIsNone(first_path(table, 7000))

    def test_a_placeholder_without_a_value_is_an_error(self):
        self.assertEqual(fill("listen @port@; $uri", {"port": 80}), "listen 80; $uri")
        with self.assertRaises(KeyError):
            fill("@prot@", {"port": 80})


if __name__ == "__main__":
    unittest.main()
