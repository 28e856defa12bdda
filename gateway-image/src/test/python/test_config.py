"""The configuration: every field read, every mistake reported at once."""

import json
import unittest

from support import config as valid

from kubewsgi import config
from kubewsgi.errors import ConfigError
from kubewsgi.recycling import Limits


def parse(**changes):
    return config.parse(json.dumps({**valid("/run", "hello.wsgi"), **changes}))


class ConfigTest(unittest.TestCase):
    def faults(self, **changes):
        with self.assertRaises(ConfigError) as caught:
            parse(**changes)
        return caught.exception.message

    def test_every_field_is_read(self):
        parsed = config.parse(
            json.dumps(
                {
                    "group": "g",
                    "namespace": "n",
                    "sequence": 12,
                    "displayName": "my %{GROUP}",
                    "listen": {"tcp": "[::1]:8081"},
                    "secret": "0123456789abcdef",
                    "processes": 2,
                    "multiprocess": False,
                    "threads": 7,
                    "uid": 1000,
                    "gid": 1001,
                    "workingDir": "/tmp",
                    "env": {"A": "b"},
                    "startupTimeout": 1,
                    "gracefulTimeout": 2.5,
                    "shutdownTimeout": 3,
                    "deadlockTimeout": 60,
                    "requestTimeout": 90,
                    "umask": "027",
                    "nice": 5,
                    "switchInterval": 0.001,
                    "stackSize": 65536,
                    "maximumRequests": 1000,
                    "restartInterval": 3600,
                    "inactivityTimeout": 300,
                    "cpuTimeLimit": 600,
                    "memoryLimit": 134217728,
                    "applicationGroups": [
                        {
                            "id": "i",
                            "name": "x",
                            "revision": "r",
                            "files": {"n.a/b.wsgi": "# text"},
                            "preload": [{"module": "a.b"}, {"script": "/early.py"}],
                            "scripts": [
                                {"script": "/a.wsgi", "callable": "app"},
                                {"script": "n.a/b.wsgi"},
                            ],
                            "python": {"home": "/venv", "path": ["/p", "n.a"]},
                            "env": {"C": "d"},
                        }
                    ],
                }
            )
        )
        group = parsed.application_groups[0]
        seen = {name: getattr(parsed, name) for name in parsed.__slots__[:-1]}
        self.assertEqual(
            list(seen.values()),
            ["g", "n", 12, "my (wsgi:g)", ("tcp", "::1", 8081), "0123456789abcdef", 2, False, 7]
            + [1000, 1001, "/tmp", {"A": "b"}, 1.0, 2.5, 3.0, 60.0, 90.0, 0o27, 5, 0.001, 65536]
            + [Limits(1000, 3600.0, 300.0, 600.0, 134217728)],
        )
        scripts = (("/a.wsgi", "app"), ("n.a/b.wsgi", "application"))
        preload = (("module", "a.b"), ("script", "/early.py"))
        self.assertEqual(
            [getattr(group, name) for name in group.__slots__ if name != "tree"],
            ["i", "x", "r", {"n.a/b.wsgi": "# text"}, preload, scripts]
            + ["/venv", ("/p", "n.a"), {"C": "d"}],
        )

    def test_defaults(self):
        parsed = parse(processes=1)
        self.assertEqual((parsed.title, parsed.sequence), ("(wsgi:site1)", 0))
        self.assertIs(parsed.multiprocess, False)
        self.assertEqual((parsed.uid, parsed.gid, parsed.working_dir), (None, None, "/"))
        self.assertEqual(parsed.application_groups[0].scripts[0][1], "application")
        self.assertEqual((parsed.deadlock_timeout, parsed.limits), (300.0, Limits()))
        self.assertIs(parse(processes=2).multiprocess, True)
        self.assertIsNone(parse(displayName=None).title)

    def test_all_mistakes_are_reported_together(self):
        text = self.faults(threads=-1, processes="2", treads=3, listen={"unix": "relative"})
        for part in ("threads must", "processes must", "treads is no known key", "listen must"):
            self.assertIn(part, text)

    def test_mistakes_are_found_where_they_are(self):
        text = self.faults(applicationGroups=[{"id": "a", "revision": "1", "scripts": []}, 5])
        self.assertIn("applicationGroups[0].scripts must name at least one", text)
        self.assertIn("applicationGroups[1] must be an object", text)

    def test_what_is_preloaded_is_either_a_module_or_a_script(self):
        group = valid("/run", "hello.wsgi")["applicationGroups"][0]
        for entry, fault in (
            ({}, "module or script must be there"),
            ({"module": "a", "script": "/a"}, "not both"),
            ({"module": "a.2b"}, "module must be the name of a module"),
            ({"module": "a..b"}, "module must be the name of a module"),
            ({"script": "a.py"}, "script must be an absolute path"),
            ({"file": "/a"}, "file is no known key"),
        ):
            text = self.faults(applicationGroups=[{**group, "preload": [entry]}])
            self.assertIn("applicationGroups[0].preload[0].", text)
            self.assertIn(fault, text)

    def test_without_threads_there_are_no_scripts(self):
        self.assertIn("threads must be above 0 where", self.faults(threads=0))
        service = {"id": "a", "revision": "1", "preload": [{"module": "jobs"}]}
        parsed = parse(threads=0, applicationGroups=[service])
        self.assertTrue(parsed.application_groups[0].is_service)

    def test_each_wrong_value_is_refused(self):
        wrong = {
            "group": ["", 5, None, "a\nb"],
            "secret": ["short", 5, "\u00e9" * 20],
            "sequence": [-1, 1.0, "1", True, None],
            "listen": [
                {},
                {"unix": "/" + "x" * 107},
                {"tcp": "8080"},
                {"tcp": "h:99999"},
                {"tcp": "h:\u00b2"},
                "/x",
            ],
            "uid": [0, -1, "root", True],
            "gid": [-1, 1.5],
            "env": [{"A": 1}, {"A=B": "c"}, {"": "c"}, {"A": "\0"}, []],
            "startupTimeout": [-1, "1", None, True],
            "workingDir": ["relative", 5],
            "multiprocess": [1, "yes"],
            "deadlockTimeout": [0, "1", None],
            "requestTimeout": [0, "1"],
            "umask": [27, "", "089", "7777", "-1"],
            "nice": [-1, 20, "5"],
            "switchInterval": [0, "5ms"],
            "stackSize": [32767, 2**31, "1Mi"],
            "maximumRequests": [0, 1.5],
            "restartInterval": [0],
            "inactivityTimeout": ["1"],
            "cpuTimeLimit": [-1],
            "memoryLimit": [1.5, "1Mi"],
        }
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name, value=value):
                    self.assertIn(name, self.faults(**{name: value}))

    def test_what_a_document_leaves_to_the_command_line_must_be_there(self):
        document = valid("/run", "hello.wsgi")
        del document["listen"], document["secret"]
        parsed = config.parse(json.dumps(document))
        with self.assertRaises(ConfigError) as caught:
            config.complete(parsed, None, has_secrets=False)
        for part in ("listen is", "--listen HOST:PORT", "secret is", "--secrets DIR"):
            self.assertIn(part, caught.exception.message)
        config.complete(parsed, config.tcp_address("0.0.0.0:9000"), has_secrets=True)
        self.assertEqual(parsed.listen, ("tcp", "0.0.0.0", 9000))

    def with_files(self, files, revision="r", **changes):
        group = {"id": "i", "revision": revision, "scripts": [{"script": "/a"}], "files": files}
        return {"applicationGroups": [{**group, **changes}]}

    def test_a_file_that_would_leave_its_directory_is_refused_by_name(self):
        for name in ("", "/etc/passwd", "..", "a/../b", "./a", "a//b", "a/", "a\0b"):
            with self.subTest(name):
                text = self.faults(**self.with_files({name: "x"}))
                self.assertIn("applicationGroups[0].files must be a relative path", text)
                self.assertIn(repr(name), text)

    def test_a_file_that_is_no_text_is_refused_by_name(self):
        for text in (None, 5, "\ud800"):
            self.assertIn("'a'", self.faults(**self.with_files({"a": text})))
        self.assertIn("characters", self.faults(**self.with_files({"\ud800": "x"})))

    def test_relative_paths_need_files(self):
        relative = {"scripts": [{"script": "a"}], "python": {"home": "venv", "path": ["lib"]}}
        parse(**self.with_files({"a": "x"}, **relative))
        text = self.faults(**self.with_files({}, **relative))
        for name in ("scripts[0].script", "python.home", "python.path"):
            self.assertIn(f"{name} must be an absolute path", text)
        relative["scripts"] = [{"script": "../a"}]
        self.assertIn(
            "script must be a rel", self.faults(**self.with_files({"a": "x"}, **relative))
        )

    def test_other_files_are_another_application_group_in_another_place(self):
        one, same, other, later, none = (
            parse(**self.with_files(files, revision)).application_groups[0]
            for files, revision in (
                ({"a": "x", "b": "y"}, "1"),
                ({"b": "y", "a": "x"}, "1"),
                ({"a": "x", "b": "z"}, "1"),
                ({"a": "x", "b": "y"}, "2"),
                ({}, "1"),
            )
        )
        self.assertEqual((one.tree, one.key()), (same.tree, same.key()))
        self.assertEqual(len({one.tree, other.tree, later.tree, none.tree}), 4)
        self.assertEqual(len({one.key(), other.key(), later.key(), none.key()}), 4)
        self.assertEqual(one.tree.split("/")[0], other.tree.split("/")[0])

    def test_ids_are_unique(self):
        group = valid("/run", "hello.wsgi")["applicationGroups"][0]
        self.assertIn("'id-0' occurs twice", self.faults(applicationGroups=[group, group]))

    def test_what_is_no_object_is_refused(self):
        for text in ("", "[]", "5", "{", '"x"'):
            with self.assertRaises(ConfigError):
                config.parse(text)


if __name__ == "__main__":
    unittest.main()
