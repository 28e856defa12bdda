"""Loading a script: what can be wrong with it, and that the message says what to do."""

import os
import subprocess
import sys
import tempfile
import unittest

from support import APPS, SOURCES

from kubewsgi import loading
from kubewsgi.errors import LoadError


class LoadTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def write(self, text, name="app.wsgi"):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    def fails(self, script, name="application"):
        with self.assertRaises(LoadError) as caught:
            loading.load(script, name, "_test_module")
        self.assertNotIn("_test_module", sys.modules)
        self.assertIn(script, caught.exception.message)
        return caught.exception

    def test_the_module_is_fresh_registered_and_knows_its_file(self):
        script = self.write("import sys\nmodule = sys.modules[__name__]\napplication = dict\n")
        self.addCleanup(sys.modules.pop, "_test_module", None)
        self.assertIs(loading.load(script, "application", "_test_module"), dict)
        module = sys.modules["_test_module"]
        self.assertIs(module.module, module)
        self.assertEqual(module.__file__, script)
        loading.load(script, "application", "_test_module")
        self.assertIsNot(sys.modules["_test_module"], module)

    def test_the_scripts_directory_is_not_put_on_the_path(self):
        before = list(sys.path)
        self.addCleanup(sys.modules.pop, "_test_module", None)
        loading.load(os.path.join(APPS, "hello.wsgi"), "application", "_test_module")
        self.assertEqual(sys.path, before)

    def test_an_encoding_cookie_is_heeded(self):
        script = self.write("# coding: latin-1\nnäme = 'ä'\napplication = dict\n".encode("latin-1"))
        self.addCleanup(sys.modules.pop, "_test_module", None)
        loading.load(script, "application", "_test_module")

    def test_missing(self):
        failure = self.fails(os.path.join(self.directory, "none.wsgi"))
        self.assertEqual(failure.code, "KW301")

    def test_a_directory(self):
        self.assertEqual(self.fails(self.directory).code, "KW302")

    @unittest.skipIf(os.getuid() == 0, "root reads everything")
    def test_not_readable(self):
        script = self.write("")
        os.chmod(script, 0)
        self.assertEqual(self.fails(script).code, "KW302")

    def test_syntax_error_names_the_line(self):
        failure = self.fails(os.path.join(APPS, "syntax_error.wsgi"))
        self.assertEqual(failure.code, "KW303")
        self.assertIn("line 1", failure.message)
        self.assertIn("SyntaxError", failure.traceback_text)

    def test_nul_bytes_and_bad_utf_8(self):
        for text in (b"a = '\0'", b"a = '\xff'"):
            self.assertEqual(self.fails(self.write(text)).code, "KW303")

    def test_raises_on_import(self):
        failure = self.fails(os.path.join(APPS, "fails_on_import.wsgi"))
        self.assertEqual(failure.code, "KW304")
        self.assertIn("this script fails on purpose", failure.message)
        self.assertIn("fails_on_import.wsgi", failure.traceback_text)
        self.assertNotIn("loading.py", failure.traceback_text)

    def test_missing_module_says_where_to_put_it(self):
        failure = self.fails(self.write("import surely_not_installed"))
        self.assertIn("python.path", failure.message)

    def test_exit_on_import(self):
        failure = self.fails(self.write("raise SystemExit(3)"))
        self.assertEqual(failure.code, "KW304")
        self.assertIn("SystemExit", failure.message)

    def test_no_such_callable_names_those_there_are(self):
        failure = self.fails(os.path.join(APPS, "no_callable.wsgi"))
        self.assertEqual(failure.code, "KW305")
        self.assertTrue(failure.message.endswith("one of: app"), failure.message)

    def test_not_callable(self):
        failure = self.fails(self.write("application = 'text'"))
        self.assertEqual(failure.code, "KW306")
        self.assertIn("str", failure.message)

    def test_what_a_factory_makes_is_the_application(self):
        script = self.write(
            "made = []\ndef create_app():\n    made.append(1)\n    return made.copy"
        )
        self.assertEqual(loading.load(script, "create_app()", "made")(), [1])

    def test_a_factory_that_raises_or_is_none_or_makes_no_application(self):
        for text, code, part in (
            ("def create_app(): raise ValueError('no settings')", "KW304", "no settings"),
            ("def create_app(name): pass", "KW304", "TypeError"),
            ("def create_app(): pass", "KW306", "'create_app()' in the script"),
            ("create_app = 1", "KW306", "'create_app' in the script"),
            ("def make_app(): pass", "KW305", "one of: make_app"),
        ):
            with self.assertRaises(LoadError) as raised:
                loading.load(self.write(text), "create_app()", "made")
            self.assertEqual(raised.exception.code, code)
            self.assertIn(part, raised.exception.message)
            self.assertNotIn("made", sys.modules)


class ActivateTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def python(self, home, path, code):
        """Runs code after activate_python in an interpreter of its own."""
        start = f"import sys; sys.path.insert(0, {SOURCES!r})\n"
        start += "from kubewsgi import loading, errors\n"
        call = f"loading.activate_python({home!r}, {path!r})\n"
        result = subprocess.run(
            [sys.executable, "-c", start + call + code],
            capture_output=True,
            text=True,
            check=False,
        )
        return result.stdout.strip() or result.stderr.strip().splitlines()[-1]

    def venv(self, version, packages=None):
        home = os.path.join(self.directory, "venv")
        minor = ".".join(version.split(".")[:2])
        site = os.path.join(home, "lib", f"python{packages or minor}", "site-packages")
        os.makedirs(site)
        with open(os.path.join(home, "pyvenv.cfg"), "w", encoding="utf-8") as file:
            file.write(f"home = /usr/bin\nversion = {version}\n")
        return home, site

    def this_version(self):
        return ".".join(map(str, sys.version_info[:3]))

    def test_paths_come_first_in_order_and_their_pth_files_are_processed(self):
        directories = [os.path.join(self.directory, name) for name in ("b", "a", "linked")]
        for directory in directories:
            os.mkdir(directory)
        with open(os.path.join(directories[0], "x.pth"), "w", encoding="utf-8") as file:
            file.write(f"{directories[2]}\n")
        printed = self.python(None, directories[:2], "print(sys.path[:3])")
        self.assertEqual(printed, repr(directories))

    def test_a_venv_gives_its_packages_and_prefix(self):
        home, site = self.venv(self.this_version())
        with open(os.path.join(site, "only_there.py"), "w", encoding="utf-8") as file:
            file.write("value = 42\n")
        code = "import only_there; print(only_there.value, sys.prefix)"
        self.assertEqual(self.python(home, [], code), f"42 {home}")

    def test_a_venv_of_another_python_is_refused_with_both_versions(self):
        home, _ = self.venv("3.7.1")
        printed = self.python(home, [], "")
        self.assertIn("KW309", printed)
        self.assertIn("Python 3.7", printed)
        self.assertIn(f"Python {sys.version_info[0]}.{sys.version_info[1]}", printed)

    def test_no_venv(self):
        self.assertIn("KW310", self.python(os.path.join(self.directory, "none"), [], ""))

    def test_a_missing_path(self):
        self.assertIn("KW311", self.python(None, [os.path.join(self.directory, "none")], ""))


if __name__ == "__main__":
    unittest.main()
