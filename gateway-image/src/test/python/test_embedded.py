"""How an embedded interpreter loads extension modules, with a gateway that is played."""

import unittest
from importlib.machinery import ExtensionFileLoader, ModuleSpec

import support  # noqa: F401 puts the worker on sys.path

from kubewsgi import embedded, errors


class PlayedGateway(dict):
    """The functions of the gateway that loading needs; `calls` are those that mark a load."""

    def __init__(self, interpreter, reason=None, elsewhere=()):
        self.calls = []
        self.refused = {}
        self.lines = []
        super().__init__(
            interpreter=interpreter,
            begin_load=lambda number: self.calls.append(("begin", number)),
            end_load=lambda number: self.calls.append(("end", number)),
            loaded=lambda path, number: self.calls.append(("loaded", number)),
            is_elsewhere=lambda path, number: path in elsewhere,
            refusal_of_file=lambda path: reason,
            refusal_of_module=lambda module: None,
            refuse=self.refused.__setitem__,
            log=self.lines.append,
        )


class ExtensionModules(unittest.TestCase):
    """No file of the name exists: CPython's own loader fails with ImportError."""

    SPEC = ModuleSpec(
        "missing", ExtensionFileLoader("missing", "/missing.so"), origin="/missing.so"
    )

    def setUp(self):
        for name in ("create_module", "exec_module"):
            self.addCleanup(setattr, ExtensionFileLoader, name, getattr(ExtensionFileLoader, name))

    def load(self):
        with self.assertRaises(ImportError) as raised:
            self.SPEC.loader.create_module(self.SPEC)
        return str(raised.exception)

    def test_a_load_is_announced_once_however_often_the_main_interpreter_is_started(self):
        gateways = [PlayedGateway(number) for number in (1, 2, 3)]
        for gateway in gateways:
            embedded._Extensions(gateway, is_main=True).install()
        self.load()
        self.assertEqual([], gateways[0].calls + gateways[1].calls)
        self.assertEqual([("begin", 3), ("end", 3)], gateways[2].calls)

    def test_what_the_file_says_is_refused_before_it_is_loaded(self):
        gateway = PlayedGateway(1, reason="of a reason")
        embedded._Extensions(gateway, is_main=False).install()
        said = self.load()
        self.assertTrue(said.startswith(f"{errors.EXTENSION_REFUSED}: "), said)
        self.assertIn("missing (/missing.so)", said)
        self.assertIn("of a reason", said)
        self.assertEqual([], gateway.calls)
        self.assertEqual([said], gateway.lines)

    def test_the_main_interpreter_is_refused_nothing(self):
        gateway = PlayedGateway(1, reason="of a reason", elsewhere=["/missing.so"])
        embedded._Extensions(gateway, is_main=True).install()
        self.assertNotIn(errors.EXTENSION_REFUSED, self.load())
        self.assertEqual({}, gateway.refused)

    def test_what_another_interpreter_has_loaded_is_refused_when_it_fails(self):
        gateway = PlayedGateway(1, elsewhere=["/missing.so"])
        embedded._Extensions(gateway, is_main=False).install()
        self.assertIn("another interpreter has loaded it", self.load())
        self.assertEqual(["/missing.so"], list(gateway.refused))

    def test_what_nobody_has_loaded_fails_as_ever(self):
        gateway = PlayedGateway(1)
        embedded._Extensions(gateway, is_main=False).install()
        self.assertNotIn(errors.EXTENSION_REFUSED, self.load())
        self.assertEqual([("begin", 1), ("end", 1)], gateway.calls)

    def test_a_script_that_hides_a_refusal_is_told_of_it_by_its_load_error(self):
        extensions = embedded._Extensions(PlayedGateway(1, reason="of a reason"), is_main=False)
        extensions.install()

        def load():
            try:
                self.SPEC.loader.create_module(self.SPEC)
            except ImportError:
                try:
                    raise RuntimeError("hidden")
                except RuntimeError:
                    raise errors.LoadError(errors.SCRIPT_RAISED, "hidden") from None

        with self.assertRaises(errors.LoadError) as raised:
            extensions.watch("/script.py", load)
        self.assertEqual(errors.EXTENSION_REFUSED, raised.exception.code)
        self.assertIn("/script.py", raised.exception.message)
        self.assertIn("missing (/missing.so)", raised.exception.message)

    def test_another_failure_after_a_refusal_that_was_survived_is_itself(self):
        extensions = embedded._Extensions(PlayedGateway(1, reason="of a reason"), is_main=False)
        extensions.install()

        def load():
            self.load()
            raise errors.LoadError(errors.SCRIPT_RAISED, "something else")

        with self.assertRaises(errors.LoadError) as raised:
            extensions.watch("/script.py", load)
        self.assertEqual(errors.SCRIPT_RAISED, raised.exception.code)


if __name__ == "__main__":
    unittest.main()
