"""What the chart refuses to render, and with which words; and that the cure is rendered."""

import tempfile
import unittest
from pathlib import Path

import chart
import yaml

# values, and what the message names
WRONG = {
    "a key that is not there": ({"replica": 2}, "replica"),
    "a key that is not there, inside": ({"crds": {"enable": True}}, "enable"),
    "a number as text": ({"replicas": "2"}, "replicas"),
    "a fraction": ({"replicas": 1.5}, "replicas"),
    "less than none": ({"replicas": -1}, "replicas"),
    "text for a list": ({"watchNamespaces": "team-a"}, "watchNamespaces"),
    "a namespace that cannot be": ({"watchNamespaces": ["Team_A"]}, "watchNamespaces"),
    "a namespace twice": ({"watchNamespaces": ["a", "a"]}, "watchNamespaces"),
    "a truth as text": ({"crds": {"enabled": "false"}}, "enabled"),
    "a digest without its algorithm": ({"images": {"git": {"digest": "0f" * 32}}}, "digest"),
    "a repository that is empty": ({"images": {"git": {"repository": ""}}}, "repository"),
    "a pull policy that is not there": ({"imagePullPolicy": "Sometimes"}, "imagePullPolicy"),
    "a variable without a name": ({"env": [{"value": "x"}]}, "env"),
    "a label that is a number": ({"podLabels": {"a": 1}}, "podLabels"),
    "an interval without a unit": (
        {"metrics": {"serviceMonitor": {"interval": "30"}}},
        "interval",
    ),
    "a gateway's field that is not there": (
        {"gateway": {"spec": {"listener": []}}},
        "listener",
    ),
    "a gateway's port that cannot be": (
        {"gateway": {"spec": {"listeners": [{"name": "http", "port": 0}]}}},
        "port",
    ),
    "a gateway without listeners": ({"gateway": {"spec": {"listeners": []}}}, "listeners"),
    "a gateway's name with a dot": ({"gateway": {"name": "www.example"}}, "name"),
}

SELECTOR = {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"a": "b"}}}}

# values, the key that the message names, and values that cure it
COMBINATIONS = {
    "a gateway where nobody looks": (
        {"watchNamespaces": ["a"], "gateway": {"create": True}},
        "gateway.create: ",
        {"watchNamespaces": ["a", "operators"], "gateway": {"create": True}},
    ),
    "a gateway elsewhere where nobody looks": (
        {"watchNamespaces": ["a"], "gateway": {"create": True, "namespace": "b"}},
        "gateway.create: ",
        {"watchNamespaces": ["a"], "gateway": {"create": True, "namespace": "a"}},
    ),
    "a choice by labels that nobody reads": (
        {
            "watchNamespaces": ["operators"],
            "gateway": {"create": True, "spec": {"aliases": SELECTOR}},
        },
        "gateway.spec.aliases.namespaces.from: ",
        {"gateway": {"create": True, "spec": {"aliases": SELECTOR}}},
    ),
    "a variable that the chart sets": (
        {"env": [{"name": "KUBE_WSGI_IMAGES_GIT", "value": "example.com/git:1"}]},
        "env: .* set images.git",
        {"images": {"git": {"repository": "example.com/git", "tag": "1"}}},
    ),
}


class WrongValues(unittest.TestCase):
    def test_are_refused_by_name(self):
        for what, (values, named) in WRONG.items():
            for helm in chart.HELMS:
                with self.subTest(what, helm=helm), self.assertRaises(chart.Refused) as refused:
                    chart.text(values, helm=helm)
                self.assertIn("schema", str(refused.exception))
                self.assertIn(named, str(refused.exception))


class WrongCombinations(unittest.TestCase):
    def test_are_refused_with_the_key_to_set(self):
        for what, (values, key, _) in COMBINATIONS.items():
            for helm in chart.HELMS:
                with self.subTest(what, helm=helm):
                    self.assertRaisesRegex(chart.Refused, key, chart.text, values, helm=helm)

    def test_are_rendered_once_cured(self):
        for what, (_, _, cure) in COMBINATIONS.items():
            with self.subTest(what):
                self.assertTrue(chart.objects(cure))


class APartOfAnotherChart(unittest.TestCase):
    def test_takes_the_global_values_that_helm_adds(self):
        with tempfile.TemporaryDirectory() as place:
            parent = Path(place)
            (parent / "charts").mkdir()
            (parent / "charts/kube-wsgi").symlink_to(chart.CHART)
            (parent / "Chart.yaml").write_text(
                yaml.safe_dump({"apiVersion": "v2", "name": "parent", "version": "1.0.0"})
            )
            for helm in chart.HELMS:
                with self.subTest(helm):
                    values = {"global": {"region": "north"}, "kube-wsgi": {"replicas": 2}}
                    deployment = chart.the("Deployment", values, chart=parent, helm=helm)
                    self.assertEqual(2, deployment["spec"]["replicas"])


if __name__ == "__main__":
    unittest.main()
