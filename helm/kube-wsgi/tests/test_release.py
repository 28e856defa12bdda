"""A release's life on an API server: install, upgrade, uninstall, install again."""

import unittest

import chart
import cluster

# The chart as it was with fewer fields in its definitions.
_EARLIER = chart.CHART / "tests/earlier/kube-wsgi-0.0.1.tgz"
_NAMESPACE = "kube-wsgi"
_GATEWAY = {"gateway": {"create": True, "namespace": "default"}}


def _of_a_user(kind, name, **spec):
    return {
        "apiVersion": "kubewsgi.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "default"},
        "spec": spec,
    }


_ALIAS = _of_a_user("ScriptAlias", "hello", script="/srv/hello.py")
# As the earlier definitions take them: (object, an edit of its spec).
_OBJECTS = (
    (
        _of_a_user(
            "WsgiGateway",
            "main",
            listeners=[{"name": "http", "port": 8080}],
            embedded={"enabled": True, "threads": 5, "queue": {"timeout": "30s"}},
            limits={"body": "10Mi"},
            aliases={"namespaces": {"from": "Same"}, "hostnames": ["*.example.com"]},
        ),
        {"trustedProxies": ["10.0.0.0/8"]},
    ),
    (
        _of_a_user(
            "DaemonGroup",
            "site1",
            displayName="site1",
            processes=2,
            threads=15,
            env=[{"name": "STAGE", "value": "test"}],
            python={"path": ["/srv/lib"]},
            securityContext={"runAsUser": 1000, "runAsGroup": 1000},
        ),
        {"threads": 3},
    ),
    (
        _of_a_user(
            "ScriptAlias",
            "shop",
            hosts=["shop.example.com"],
            path="/shop",
            script="/srv/shop.py",
            processGroup="site1",
            applicationGroup="%{RESOURCE}",
        ),
        {"callable": "app"},
    ),
)


def fields(schema, path=""):
    """The paths of all fields in a definition's schema."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{path}.{name}"
        yield from fields(inner, f"{path}.{name}")
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from fields(inner, f"{path}[]")


def all_fields(definitions):
    """The paths of all fields of all kinds, the kind first."""
    return {
        f"{each['spec']['names']['kind']}{path}"
        for each in definitions
        for version in each["spec"]["versions"]
        for path in fields(version["schema"]["openAPIV3Schema"])
    }


class Releases(cluster.OnAnApiServer):
    """Each test leaves the cluster without a trace."""

    helm = "helm4"

    def setUp(self):
        chart.program(self.helm)

    def tearDown(self):
        for release in self.place.helm("helm4", "list", "--short", "--all-namespaces").split():
            self.place.helm("helm4", "uninstall", release, f"--namespace={_NAMESPACE}")
        self.place.kubectl("delete", "crd", "--all")
        self.place.kubectl("delete", "clusterrole", "-lapp.kubernetes.io/part-of=kube-wsgi")

    def fields(self):
        """Of the kinds as the API server has them now."""
        return all_fields(self.place.items("crd"))

    def deployment(self):
        return self.place.get("deployment", "kube-wsgi", _NAMESPACE)

    def run_helm(self, verb, *arguments, helm=None, values=None):
        arguments = (verb, *map(str, arguments), f"--namespace={_NAMESPACE}")
        return self.place.helm(helm or self.helm, *arguments, values=values)

    def install(self, of=chart.CHART, name="kube-wsgi", values=None):
        self.run_helm("install", name, of, "--create-namespace", values=values or {})

    def upgrade(self, values=None, helm=None):
        """To the chart as it is; without values, those of before stay."""
        self.run_helm("upgrade", "kube-wsgi", chart.CHART, values=values or {}, helm=helm)

    def test_bring_operator_definitions_and_the_wish_for_a_gateway_at_once(self):
        self.install(values=_GATEWAY)
        self.assertTrue(self.deployment())
        self.assertEqual(all_fields(chart.definitions()), self.fields())
        self.assertTrue(self.place.get("configmap", "kube-wsgi-first-gateway", _NAMESPACE))

    def test_upgrade_the_definitions(self):
        self.install(of=_EARLIER)
        self.assertLess(self.fields(), all_fields(chart.definitions()))
        self.upgrade()
        self.assertEqual(all_fields(chart.definitions()), self.fields())

    def test_upgrade_under_objects_that_stay_and_can_be_written(self):
        self.install(of=_EARLIER)
        for each, _ in _OBJECTS:
            self.place.apply(each)
        uids = self.uids()
        self.upgrade()
        for each, edit in _OBJECTS:
            edited = {**each, "spec": {**each["spec"], **edit}}
            self.place.apply(edited, "--validate=strict")
            self.assertLessEqual(edit.items(), self.stored(each)["spec"].items())
        self.assertEqual(uids, self.uids())
        self.run_helm("uninstall", "kube-wsgi")
        self.assertIsNone(self.deployment())
        self.assertEqual(uids, self.uids())

    def stored(self, thing):
        return self.place.get(thing["kind"], thing["metadata"]["name"])

    def uids(self):
        return [self.stored(each)["metadata"]["uid"] for each, _ in _OBJECTS]

    def test_leave_what_users_made_and_take_it_over_again(self):
        self.install(of=_EARLIER)
        self.place.apply(_ALIAS)
        self.run_helm("uninstall", "kube-wsgi")
        self.assertIsNone(self.deployment())
        alias = self.place.get("alias", "hello")
        self.install()
        self.assertTrue(self.deployment())
        self.assertEqual(
            alias["metadata"]["uid"], self.place.get("alias", "hello")["metadata"]["uid"]
        )
        self.assertEqual(all_fields(chart.definitions()), self.fields())

    def test_leave_nothing_of_one_mode_in_the_other(self):
        self.install()
        self.upgrade({"watchNamespaces": ["default"]})
        self.assertIsNone(self.place.get("clusterrole", "kube-wsgi"))
        self.assertTrue(self.place.get("role", "kube-wsgi"))
        self.upgrade({"watchNamespaces": []})
        self.assertTrue(self.place.get("clusterrole", "kube-wsgi"))
        self.assertIsNone(self.place.get("role", "kube-wsgi"))

    def test_refuse_to_be_the_second_of_a_cluster(self):
        self.install()
        with self.assertRaisesRegex(cluster.Failed, "invalid ownership metadata"):
            self.install(name="other")

    def test_stand_beside_each_other_in_namespaces_of_their_own(self):
        self.place.kubectl("apply", f"--filename={chart.ROOT}/dist/crds.yaml")
        for name, watched in ("east", "default"), ("west", "kube-public"):
            self.install(
                name=name, values={"watchNamespaces": [watched], "crds": {"enabled": False}}
            )
        self.assertTrue(self.place.get("role", "east-kube-wsgi", "default"))
        self.assertTrue(self.place.get("role", "west-kube-wsgi", "kube-public"))


class ReleasesOfHelm3(Releases):
    helm = "helm3"

    def test_are_taken_over_by_helm_4(self):
        self.install(of=_EARLIER)
        self.upgrade({"replicas": 2}, helm="helm4")
        self.assertEqual(all_fields(chart.definitions()), self.fields())
        self.assertEqual(2, self.deployment()["spec"]["replicas"])


if __name__ == "__main__":
    unittest.main()
