"""dist/kube-wsgi.yaml on an API server, without Helm."""

import unittest

import audit
import chart
import cluster
import operator_process
from story import Story

_MANIFESTS = f"--filename={chart.ROOT}/dist/kube-wsgi.yaml"
# The namespace may have ended before its objects are asked to.
_DELETE = ("delete", _MANIFESTS, "--ignore-not-found")
_ACCOUNT = "system:serviceaccount:kube-wsgi:kube-wsgi"
_GATEWAY = chart.ROOT / "examples/quickstart/gateway.yaml"


class Manifests(cluster.OnAnApiServer):
    def test_are_applied_to_an_empty_cluster_in_either_way(self):
        for way in ((), ("--server-side",), ()):
            with self.subTest(way):
                self.place.kubectl("apply", _MANIFESTS, "--validate=strict", *way)
                self.assertTrue(self.place.get("deployment", "kube-wsgi", "kube-wsgi"))
                self.place.kubectl("apply", f"--filename={_GATEWAY}")
                self.place.kubectl(*_DELETE)

    def test_give_the_operator_what_it_needs_for_the_quickstart(self):
        if not operator_process.is_built():
            self.skipTest("the operator is not built: tools/build-operator does it")
        self.place.kubectl("apply", _MANIFESTS)
        self.addCleanup(self.place.kubectl, *_DELETE)
        with operator_process.running(self.place):
            Story(self.place).quickstart()
        asked = audit.requests(self.place.directory / "audit.log", _ACCOUNT)
        self.assertNotEqual([], asked)
        self.assertEqual([], audit.forbidden(asked))


if __name__ == "__main__":
    unittest.main()
