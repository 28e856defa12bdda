"""What fuzzers have found to be different ways through the worker's HTTP: src/test/fuzz."""

import importlib.util
import os
import unittest

from support import HERE

FUZZ = os.path.join(HERE, "..", "..", "..", "..", "src", "test", "fuzz")


def targets():
    spec = importlib.util.spec_from_file_location("fuzz_worker", os.path.join(FUZZ, "worker.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.load()
    return module.TARGETS


class KeptCorpus(unittest.TestCase):
    def test_every_rule_holds_for_all_of_it(self):
        for name, target in targets().items():
            folder = os.path.join(FUZZ, "corpus", f"worker-{name}")
            files = sorted(os.listdir(folder))
            self.assertTrue(files, name)
            for file in files:
                with open(os.path.join(folder, file), "rb") as stream:
                    data = stream.read()
                with self.subTest(f"{name}/{file}"):
                    target(data)

    def test_a_broken_rule_is_found(self):
        rules = targets()
        for name, data in (
            ("head", b"G\x00T"),
            ("answer", b"200 OK\nX\na"),
            ("chunks", b"1\r\nx\r\n0\r\n\r\n"),
        ):
            broken = rules[name].__globals__
            kept = dict(broken)
            broken.update(http1=Everything(broken["http1"]), grammar=Everything(broken["grammar"]))
            try:
                with self.subTest(name), self.assertRaises(AssertionError):
                    rules[name](data)
            finally:
                broken.update(kept)


class Everything:
    """A module that reads what it must not: NUL in heads, bodies by their pieces."""

    def __init__(self, module):
        self._module = module

    def __getattr__(self, name):
        return getattr(self._module, name)

    def parse_head(self, data, base):
        environ = {"A": data.decode("latin-1"), "PATH_INFO": "", "SCRIPT_NAME": ""}
        environ.update({"mod_wsgi.path_info": "", "mod_wsgi.daemon_start": 1.0})
        return environ, ("s", "c"), 0, False

    def response_headers(self, headers):
        return [(name, f"{value}\r\nB: c") for name, value in headers], -1

    class ChunkedBody:
        def __init__(self, wire, buffer, _):
            self._blocks = [wire.recv(100) + buffer]

        def read(self, _):
            return self._blocks.pop() if self._blocks else b""

        def drain(self):
            return True


if __name__ == "__main__":
    unittest.main()
