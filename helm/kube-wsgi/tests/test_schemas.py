"""Everything that is rendered, and dist, by kubeconform against the schemas of Kubernetes.

A ServiceMonitor is of the Prometheus operator, whose schema is not here.
"""

import subprocess
import tempfile
import unittest
from pathlib import Path

import chart
import schemas
from settings import SETTINGS


def first_gateway(values):
    return chart.the("ConfigMap", values)["data"]["gateway.yaml"]


class Objects(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kubeconform = chart.program("kubeconform")
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.place = Path(temporary.name)
        schemas.write(cls.place)

    def verdict(self, manifests):
        """What kubeconform finds wrong; empty when nothing is."""
        command = [self.kubeconform, "-strict", "-skip=ServiceMonitor"]
        command += [f"-schema-location={self.place}/{schemas.LOCATION}"]
        done = subprocess.run(command, input=manifests, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def test_are_valid(self):
        for name, values in SETTINGS.items():
            with self.subTest(name):
                self.assertEqual("", self.verdict(chart.text(values)))

    def test_for_kubectl_are_valid(self):
        for manifests in ("kube-wsgi.yaml", "crds.yaml"):
            with self.subTest(manifests):
                self.assertEqual("", self.verdict((chart.ROOT / "dist" / manifests).read_text()))

    def test_would_not_be_valid_with_a_field_that_kubernetes_does_not_know(self):
        text = chart.text().replace("readinessProbe:", "readynessProbe:")
        self.assertIn("readynessProbe", self.verdict(text))

    def test_of_the_first_gateway_are_valid(self):
        for name in ("a first gateway", "everything set"):
            with self.subTest(name):
                self.assertEqual("", self.verdict(first_gateway(SETTINGS[name])))

    def test_of_the_first_gateway_would_not_be_valid_with_a_field_that_is_not_there(self):
        text = first_gateway(SETTINGS["a first gateway"]).replace("listeners:", "listener:")
        self.assertIn("listener", self.verdict(text))


if __name__ == "__main__":
    unittest.main()
