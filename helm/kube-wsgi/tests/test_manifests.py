"""dist/kube-wsgi.yaml on an API server, without Helm."""

import unittest

import chart
import cluster

_GATEWAY = chart.ROOT / "examples/quickstart/gateway.yaml"


class Manifests(cluster.OnAnApiServer):
    def test_are_applied_to_an_empty_cluster_in_either_way(self):
        path = f"--filename={chart.ROOT}/dist/kube-wsgi.yaml"
        for way in ((), ("--server-side",), ()):
            with self.subTest(way):
                self.place.kubectl("apply", path, "--validate=strict", *way)
                self.assertTrue(self.place.get("deployment", "kube-wsgi", "kube-wsgi"))
                self.place.kubectl("apply", f"--filename={_GATEWAY}")
                self.place.kubectl("delete", path)


if __name__ == "__main__":
    unittest.main()
