"""A release's life on an API server: install, upgrade, uninstall, install again."""

import unittest

import chart
import cluster

_NAMESPACE = "kube-wsgi"
_GATEWAY = {"gateway": {"create": True, "namespace": "default"}}
_ALIAS = {
    "apiVersion": "kubewsgi.dev/v1alpha1",
    "kind": "ScriptAlias",
    "metadata": {"name": "hello", "namespace": "default"},
    "spec": {"script": "/srv/hello.py"},
}
_DEFINITION = "daemongroups.kubewsgi.dev"


class Release:
    """The release kube-wsgi in a cluster, by one Helm."""

    def __init__(self, place, helm):
        self.place = place
        self.helm = helm

    def install(self, of=chart.CHART, values=None):
        self._helm("install", "kube-wsgi", of, "--create-namespace", values=values or {})

    def upgrade(self, of=chart.CHART, values=None, helm=None):
        self._helm("upgrade", "kube-wsgi", of, values=values or {}, helm=helm)

    def uninstall(self):
        self._helm("uninstall", "kube-wsgi")

    def gateway(self):
        return self.place.get("wgw", "main")

    def deployment(self):
        return self.place.get("deployment", "kube-wsgi", _NAMESPACE)

    def schema(self):
        """The definition of DaemonGroup, as the API server has it."""
        return self.place.get("crd", _DEFINITION)["spec"]["versions"][0]["schema"]

    def _helm(self, *arguments, values=None, helm=None):
        arguments = (*map(str, arguments), f"--namespace={_NAMESPACE}")
        return self.place.helm(helm or self.helm, *arguments, values=values)


class Life:
    """Tests of one Helm; each has an empty cluster."""

    helm = None

    def setUp(self):
        chart.program(self.helm)
        place = self.enterContext(cluster.empty())
        self.release = Release(place, self.helm)
        self.place = place

    def test_a_first_install_brings_definitions_operator_and_gateway(self):
        self.release.install(values=_GATEWAY)
        self.assertTrue(self.release.deployment())
        self.assertEqual(8080, self.release.gateway()["spec"]["listeners"][0]["port"])

    def test_an_upgrade_changes_the_first_gateway_and_does_not_make_it_anew(self):
        self.release.install(values=_GATEWAY)
        before = self.release.gateway()
        gateway = {**_GATEWAY["gateway"], "spec": {"replicas": 3}}
        self.release.upgrade(values={"gateway": gateway})
        after = self.release.gateway()
        self.assertEqual(3, after["spec"]["replicas"])
        self.assertEqual(before["metadata"]["uid"], after["metadata"]["uid"])

    def test_a_gateway_outlives_the_wish_for_it(self):
        self.release.install(values=_GATEWAY)
        self.release.upgrade(values=_GATEWAY)
        self.release.upgrade()
        self.assertTrue(self.release.gateway())

    def test_an_uninstall_leaves_what_users_made_and_an_install_takes_it_over(self):
        self.release.install(values=_GATEWAY)
        self.place.apply(_ALIAS)
        gateway = self.release.gateway()["metadata"]["uid"]
        self.release.uninstall()
        self.assertIsNone(self.release.deployment())
        self.assertTrue(self.place.get("alias", "hello"))
        self.assertEqual(gateway, self.release.gateway()["metadata"]["uid"])
        self.release.install(values=_GATEWAY)
        self.assertTrue(self.release.deployment())
        self.assertEqual(gateway, self.release.gateway()["metadata"]["uid"])

    def test_a_second_release_of_the_cluster_is_refused(self):
        self.release.install()
        self.assertRaisesRegex(
            cluster.Failed,
            "invalid ownership metadata",
            self.place.helm,
            self.helm,
            "install",
            "other",
            str(chart.CHART),
        )


class Helm3(Life, unittest.TestCase):
    helm = "helm3"

    def test_hands_over_to_helm_4(self):
        self.release.install(values=_GATEWAY)
        gateway = {**_GATEWAY["gateway"], "spec": {"replicas": 3}}
        self.release.upgrade(values={"gateway": gateway}, helm="helm4")
        self.assertEqual(3, self.release.gateway()["spec"]["replicas"])


class Helm4(Life, unittest.TestCase):
    helm = "helm4"


if __name__ == "__main__":
    unittest.main()
