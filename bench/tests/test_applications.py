import tempfile
import unittest
from pathlib import Path

from harness import applications


class ApplicationsTest(unittest.TestCase):
    def test_each_is_a_file_with_a_number_and_an_alias(self):
        with tempfile.TemporaryDirectory() as folder:
            scripts = applications.write_applications(Path(folder) / "applications", 3)
            self.assertEqual([one.name for one in scripts], ["app_0.py", "app_1.py", "app_2.py"])
            self.assertIn("number=2)", scripts[2].read_text())
            for script in scripts:
                compile(script.read_text(), str(script), "exec")
            manifests = applications.manifests(scripts, "all")
        self.assertEqual(manifests.count("kind: DaemonGroup"), 1)
        self.assertEqual(manifests.count("kind: ScriptAlias"), 3)
        self.assertEqual(manifests.count("applicationGroup: 'all'"), 3)
        self.assertIn("path: /app-2\n", manifests)

    def test_the_goal_is_of_one_interpreter_and_a_fifth(self):
        found = {"shared": {"pss_kb": 20}, "each": {"pss_kb": 70}, "gunicorn": {"pss_kb": 100}}
        shared, each = applications.outcomes(found, 100)
        self.assertEqual((shared.value, shared.goal, shared.reached), (0.2, 0.2, True))
        self.assertEqual((each.value, each.reached), (0.7, None))


if __name__ == "__main__":
    unittest.main()
