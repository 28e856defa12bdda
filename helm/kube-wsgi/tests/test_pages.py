"""What the pages of docs tell users to apply and to run, on an API server."""

import re
import unittest

import chart
import cluster
import yaml

_DOCS = chart.ROOT / "docs"
_FIRST = _DOCS / "first-application.md"
_OPERATIONS = _DOCS / "operations.md"
_GROUPS = ("kubewsgi.dev/", "autoscaling/")  # the others have definitions of their own
_CHANGE = re.compile(r"^kubectl (?:patch|scale) .*$", re.M)


def blocks(page, language):
    """The blocks of a page in a language, without the indentation of a list."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", page.read_text(), re.M | re.S)
    return [re.sub(rf"^{indent}", "", text, flags=re.M) for indent, text in found]


def manifests(page):
    """The objects of a page; a `spec` alone is that of an alias."""
    found = [each for block in blocks(page, "yaml") for each in yaml.safe_load_all(block)]
    whole = [
        _object("ScriptAlias", "greeter", **each) if set(each) == {"spec"} else each
        for each in found
    ]
    return [each for each in whole if each.get("apiVersion", "").startswith(_GROUPS)]


def _object(kind, name, spec):
    return {
        "apiVersion": "kubewsgi.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


class ThePages(cluster.OnAnApiServer):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place.kubectl("apply", "--server-side", f"--filename={chart.ROOT}/dist/crds.yaml")
        cls.place.kubectl("wait", "--for=condition=Established", "crd", "--all")
        for namespace in ("web", "team-a"):
            cls.place.kubectl("create", "namespace", namespace)

    def test_have_manifests_that_an_api_server_takes(self):
        for name in ("first-application", "operations", "mod_wsgi", "security"):
            found = manifests(_DOCS / f"{name}.md")
            self.assertTrue(found, name)
            for each in found:
                with self.subTest(name, manifest=each):
                    self.place.apply(each, "--dry-run=server", "--validate=strict")

    def test_make_a_first_application_with_one_command(self):
        make = next(text for text in blocks(_FIRST, "sh") if text.startswith("mkdir "))
        apply = "kubectl apply --filename first"
        self.place.shell(f"cd {self.place.directory}\n{make}{apply}", "helm4")
        self.assertTrue(self.place.get("alias", "greeter"))

    def test_change_the_kinds_by_commands_that_an_api_server_takes(self):
        listeners = [{"name": "http", "port": 8000}]
        self.place.apply(_object("WsgiGateway", "main", {"listeners": listeners}))
        self.place.apply(_object("DaemonGroup", "site1", {}))
        self.place.apply(_object("ScriptAlias", "greeter", {"script": "greeter.py"}))
        for page in (_FIRST, _OPERATIONS):
            commands = _CHANGE.findall("".join(blocks(page, "sh")))
            self.assertTrue(commands, page)
            for command in commands:
                with self.subTest(command):
                    said = self.place.shell(f"exec 2>&1\n{command}", "helm4")
                    self.assertNotIn("unknown field", said)  # of which a patch only warns


if __name__ == "__main__":
    unittest.main()
