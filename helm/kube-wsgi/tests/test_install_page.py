"""The commands of docs/install.md, as they stand there, on an API server."""

import contextlib
import re
import unittest

import chart
import cluster
import yaml

_PAGE = chart.ROOT / "docs/install.md"
_NOTES = chart.CHART / "templates/NOTES.txt"
_QUICKSTART = chart.ROOT / "examples/quickstart/gateway.yaml"
_PART_OF = "app.kubernetes.io/part-of=kube-wsgi"
_NEEDS_NODES = re.compile(r"^kubectl .* rollout status .*\n", re.M)


def commands():
    """Section → the text of its shell blocks."""
    sections = re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", _PAGE.read_text(), re.M)
    blocks = {
        title: re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S) for title, text in sections
    }
    return {title: _NEEDS_NODES.sub("", "".join(found)) for title, found in blocks.items() if found}


class ThePage(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.place = stack.enter_context(cluster.empty())
        self.addCleanup(stack.close)

    def run_sections(self, helm, *titles):
        for title in titles:
            self.place.shell(commands()[title], helm)

    def test_installs_upgrades_and_removes_with_each_helm(self):
        for helm in chart.HELMS:
            with self.subTest(helm):
                self.run_sections(helm, "With Helm", "Upgrade")
                self.assertTrue(self.place.get("wgw", "main"))
                self.run_sections(helm, "Uninstall")
                self.assertEqual([], self.place.items("crd"))

    def test_installs_with_kubectl_and_ends_the_operator_alone(self):
        for _ in range(2):
            self.run_sections("helm4", "With kubectl")
            self.assertTrue(self.place.get("deployment", "kube-wsgi", "kube-wsgi"))
            self.place.kubectl("apply", f"--filename={_QUICKSTART}")
            self.run_sections("helm4", "Uninstall what kubectl installed")
            self.assertIsNone(self.place.get("namespace", "kube-wsgi"))
            self.assertEqual([], self.place.items("clusterrole", f"--selector={_PART_OF}"))
            self.assertEqual([], self.place.items("clusterrolebinding", f"--selector={_PART_OF}"))
            self.assertTrue(self.place.get("wgw", "main"))

    def test_installs_for_some_namespaces(self):
        self.place.kubectl("create", "namespace", "team-a")
        self.place.kubectl("create", "namespace", "team-b")
        self.run_sections("helm4", "For some namespaces only")
        self.assertTrue(self.place.get("rolebinding", "kube-wsgi", "team-b"))


class TheGatewayToBeginWith(unittest.TestCase):
    def test_is_the_quickstarts_wherever_one_is_told_to_make_it(self):
        wanted = yaml.safe_load(_QUICKSTART.read_text())
        for page in (_PAGE, _NOTES):
            with self.subTest(page.name):
                # Indented as other commands of the notes, it would have no end for a shell.
                (text,) = re.findall(r" <<EOF\n(.*?)^EOF$", page.read_text(), re.M | re.S)
                self.assertEqual(wanted, yaml.safe_load(text))


if __name__ == "__main__":
    unittest.main()
