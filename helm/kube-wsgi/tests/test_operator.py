"""The operator with the chart's rights and no others: none is missing, and none is for nothing."""

import unittest

import audit
import chart
import cluster
import operator_process
import rights
from story import Story

_ACCOUNT = "system:serviceaccount:kube-wsgi:kube-wsgi"
_DEFINITIONS = chart.ROOT / "dist/crds.yaml"
_FROM_LABELS = {
    "from": "Selector",
    "selector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}},
}
# Had in order to be given: to gateways, and to itself.
_TO_GIVE = {
    *(("discovery.k8s.io", "endpointslices", verb) for verb in ("get", "list", "watch")),
    ("rbac.authorization.k8s.io", "clusterroles", "bind"),
}


def install_release(place, **values):
    """Install the release whose operator runs beside the cluster."""
    command = ("install", "kube-wsgi", str(chart.CHART), "--create-namespace")
    place.helm("helm4", *command, "--namespace=kube-wsgi", values=values)


def need_operator():
    if not operator_process.is_built():
        raise unittest.SkipTest("the operator is not built: tools/build-operator does it")


class Mode:
    """Tests of a mode of the operator: the one that the values make."""

    name = None
    gateway = {}
    values = {}

    @classmethod
    def setUpClass(cls):
        need_operator()
        with cluster.empty() as place:
            cls.install(place)
            with operator_process.running(place) as log:
                cls.tell_story(place, log)
            cls.requests = cls.asked(place)

    @classmethod
    def install(cls, place):
        spec = {"embedded": {"enabled": True}, **cls.gateway}
        gateway = {"create": True, "name": "first", "namespace": "default", "spec": spec}
        install_release(place, gateway=gateway, **cls.values)

    @classmethod
    def tell_story(cls, place, log):
        try:
            Story(place).tell()
        except AssertionError as failure:
            forbidden = audit.forbidden(cls.asked(place))
            end = log.read_text().splitlines()[-30:]
            raise AssertionError("\n".join([str(failure), *forbidden, *end])) from None

    @classmethod
    def asked(cls, place):
        return audit.requests(place.directory / "audit.log", _ACCOUNT)

    def test_has_every_right_that_it_needs(self):
        self.assertEqual([], audit.forbidden(self.requests))

    def test_needs_every_right_that_it_has(self):
        has = {
            (group, resource, verb) for _, group, resource, _, verb in rights.documented(self.name)
        }
        used = set().union(*(each.rights for each in self.requests))
        self.assertEqual(set(), has - used - _TO_GIVE)


class ClusterMode(Mode, unittest.TestCase):
    name = "cluster mode"
    gateway = {"aliases": {"namespaces": _FROM_LABELS}}


class NamespacedMode(Mode, unittest.TestCase):
    name = "namespaced mode"
    values = {"watchNamespaces": ["default"]}


class WithoutDefinitions(unittest.TestCase):
    """A release with crds.enabled: false, before anybody has applied them."""

    def test_waits_for_them_and_says_so(self):
        need_operator()
        with cluster.empty() as place:
            install_release(place, crds={"enabled": False})
            with operator_process.running(place) as log:
                place.await_that(
                    lambda: "KW222 The cluster has no definition of" in log.read_text(),
                    "the operator does not say that it waits for definitions",
                )
                place.kubectl("apply", "--server-side", f"--filename={_DEFINITIONS}")
                place.kubectl("wait", "--for=condition=Established", "crd", "--all")
                Story(place).quickstart()


if __name__ == "__main__":
    unittest.main()
