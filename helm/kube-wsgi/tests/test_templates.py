"""Values in, objects out."""

import re
import unittest

import chart
import yaml
from settings import SETTINGS

_DIGEST = "sha256:" + "0f" * 32


def container(values=None):
    (only,) = chart.the("Deployment", values)["spec"]["template"]["spec"]["containers"]
    return only


def environment(values=None):
    return {each["name"]: each.get("value") for each in container(values)["env"]}


def read():
    """The variables that the operator reads."""
    source = chart.ROOT / "operator/src/main/java/dev/kubewsgi/operator/process/Settings.java"
    names = re.findall(r'reader[.]\w+\(\s*"(\w+)"', source.read_text())
    return {f"KUBE_WSGI_{name}" for name in names}


class BothHelms(unittest.TestCase):
    def test_find_nothing_to_complain_about(self):
        for helm in chart.HELMS:
            with self.subTest(helm):
                chart.lint(helm)

    def test_render_the_same(self):
        for name, values in SETTINGS.items():
            with self.subTest(name):
                self.assertEqual(*(chart.objects(values, helm=helm) for helm in chart.HELMS))


class AnyObject(unittest.TestCase):
    def test_is_of_the_release_by_its_labels(self):
        for values in SETTINGS.values():
            for each in chart.objects(values):
                labels = each["metadata"]["labels"]
                with self.subTest(f"{each['kind']} {each['metadata']['name']}"):
                    self.assertEqual("kube-wsgi", labels["app.kubernetes.io/part-of"])
                    self.assertEqual("Helm", labels["app.kubernetes.io/managed-by"])

    def test_has_a_name_that_another_release_does_not_take(self):
        def names(release):
            return {
                (each["kind"], each["metadata"]["name"])
                for each in chart.objects({"crds": {"enabled": False}}, release=release)
            }

        self.assertFalse(names("east") & names("west"))

    def test_has_a_name_that_is_short_enough_whatever_the_release_is_called(self):
        for release in ("r" * 53, "kube-wsgi-" + "r" * 43):
            for each in chart.objects(release=release):
                self.assertLessEqual(len(each["metadata"]["name"]), 63)

    def test_says_its_namespace_so_that_rendered_text_can_be_applied_by_anything(self):
        cluster_wide = {"CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding"}
        for each in chart.objects(SETTINGS["namespaced"]):
            if each["kind"] not in cluster_wide:
                self.assertIn("namespace", each["metadata"], each["kind"])


class Images(unittest.TestCase):
    def test_are_of_the_version_of_the_chart(self):
        version = chart.metadata()["appVersion"]
        self.assertEqual(f"ghcr.io/kube-wsgi/operator:{version}", container()["image"])
        self.assertEqual(
            f"ghcr.io/kube-wsgi/gateway:{version}", environment()["KUBE_WSGI_IMAGES_GATEWAY"]
        )

    def test_are_named_by_tag_digest_or_both(self):
        for given, wanted in (
            ({"tag": "1.4"}, "example.com/o:1.4"),
            ({"digest": _DIGEST}, f"example.com/o@{_DIGEST}"),
            ({"tag": "1.4", "digest": _DIGEST}, f"example.com/o:1.4@{_DIGEST}"),
        ):
            images = {"operator": {"repository": "example.com/o", **given}}
            with self.subTest(given):
                self.assertEqual(wanted, container({"images": images})["image"])

    def test_of_pods_are_told_to_the_operator_by_their_digests_too(self):
        for name in ("gateway", "git"):
            told = environment({"images": {name: {"digest": _DIGEST}}})
            self.assertEqual(
                f"ghcr.io/kube-wsgi/{name}@{_DIGEST}", told[f"KUBE_WSGI_IMAGES_{name.upper()}"]
            )

    def test_are_pulled_when_the_values_say(self):
        self.assertEqual("IfNotPresent", container()["imagePullPolicy"])
        self.assertEqual("Always", container({"imagePullPolicy": "Always"})["imagePullPolicy"])


class TheOperator(unittest.TestCase):
    def test_passes_pod_security_restricted(self):
        pod = chart.the("Deployment")["spec"]["template"]["spec"]["securityContext"]
        self.assertTrue(pod["runAsNonRoot"])
        self.assertEqual({"type": "RuntimeDefault"}, pod["seccompProfile"])
        self.assertEqual(
            {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            container()["securityContext"],
        )

    def test_is_told_its_namespaces_in_namespaced_mode_alone(self):
        self.assertNotIn("KUBE_WSGI_NAMESPACES", environment())
        namespaced = environment({"watchNamespaces": ["b", "a"]})
        self.assertEqual("b,a", namespaced["KUBE_WSGI_NAMESPACES"])

    def test_is_told_how_to_write_its_log(self):
        self.assertEqual("text", environment()["KUBE_WSGI_LOG_FORMAT"])
        self.assertEqual("json", environment({"logFormat": "json"})["KUBE_WSGI_LOG_FORMAT"])

    def test_is_told_the_role_that_it_may_bind(self):
        for role in chart.of_kind("ClusterRole", {"fullnameOverride": "wsgi"}):
            for rule in role["rules"]:
                if "bind" in rule["verbs"]:
                    told = environment({"fullnameOverride": "wsgi"})["KUBE_WSGI_SECRETS_ROLE"]
                    self.assertEqual([told], rule["resourceNames"])
                    return
        self.fail("nothing may be bound")

    def test_is_told_the_lease_of_its_release_which_is_the_only_one_that_it_may_touch(self):
        for values in ({}, {"fullnameOverride": "wsgi"}):
            told = environment(values)["KUBE_WSGI_LEASE"]
            self.assertEqual(chart.the("Deployment", values)["metadata"]["name"], told)
            for rule in chart.the("Role", values)["rules"]:
                if rule["verbs"] != ["create"]:
                    self.assertEqual([told], rule["resourceNames"])

    def test_is_told_by_variables_that_it_reads_and_by_all_that_belong_to_a_pod(self):
        told = set(environment({"watchNamespaces": ["operators"], "gateway": {"create": True}}))
        told |= set(environment())
        # Without effect in a pod, or for who has images apart: env is for these.
        others = ("LEADER_ELECTION", "IMAGES_WORKER", "IMAGES_GROUP")
        self.assertEqual({name for name in read() if not name.endswith(others)}, told)

    def test_has_its_variables_described(self):
        page = (chart.ROOT / "docs/install.md").read_text()
        described = set(re.findall(r"^\| `(KUBE_WSGI_\w+)`", page, re.M))
        self.assertEqual(read() | {"KUBE_WSGI_JAVA_OPTS"}, described)

    def test_is_told_nothing_that_values_may_name_too(self):
        refused = (chart.CHART / "templates/requirements.yaml").read_text()
        for name in environment({"gateway": {"create": True}}):
            self.assertIn(f'"{name}"', refused)

    def test_takes_what_values_say_of_its_pods(self):
        values = SETTINGS["everything set"]
        template = chart.the("Deployment", values)["spec"]["template"]
        for field in ("priorityClassName", "nodeSelector", "tolerations", "affinity"):
            self.assertEqual(values[field], template["spec"][field])
        self.assertEqual(values["imagePullSecrets"], template["spec"]["imagePullSecrets"])
        self.assertEqual(values["resources"], container(values)["resources"])
        self.assertEqual(values["env"], container(values)["env"][-2:])
        self.assertLessEqual(values["podLabels"].items(), template["metadata"]["labels"].items())
        self.assertLessEqual(
            values["podAnnotations"].items(), template["metadata"]["annotations"].items()
        )

    def test_is_selected_by_its_service_budget_and_policy(self):
        values = {"replicas": 2}
        labels = chart.the("Deployment", values)["spec"]["template"]["metadata"]["labels"]
        selectors = [
            chart.the("Service", values)["spec"]["selector"],
            chart.the("PodDisruptionBudget", values)["spec"]["selector"]["matchLabels"],
            chart.the("NetworkPolicy", values)["spec"]["podSelector"]["matchLabels"],
        ]
        for selector in selectors:
            self.assertLessEqual(selector.items(), labels.items())

    def test_keeps_no_node_from_being_drained(self):
        self.assertFalse(chart.of_kind("PodDisruptionBudget", {"replicas": 1}))
        budget = chart.the("PodDisruptionBudget", {"replicas": 2})
        self.assertEqual(1, budget["spec"]["maxUnavailable"])


class NamespacedMode(unittest.TestCase):
    def test_has_nothing_cluster_wide_but_the_definitions(self):
        values = {"watchNamespaces": ["a"], "crds": {"enabled": False}}
        for each in chart.objects(values):
            self.assertIn("namespace", each["metadata"], each["kind"])

    def test_binds_the_operator_in_each_namespace(self):
        bindings = chart.of_kind("RoleBinding", {"watchNamespaces": ["a", "b"]})
        places = {each["metadata"]["namespace"] for each in bindings}
        self.assertEqual({"a", "b", "operators"}, places)
        for each in bindings:
            self.assertEqual("operators", each["subjects"][0]["namespace"])


class Definitions(unittest.TestCase):
    def test_are_those_generated_but_for_labels_and_the_wish_to_be_kept(self):
        rendered = chart.of_kind("CustomResourceDefinition")
        for each in rendered:
            annotations = each["metadata"].pop("annotations")
            self.assertEqual({"helm.sh/resource-policy": "keep"}, annotations)
            del each["metadata"]["labels"]
        self.assertEqual(chart.definitions(), rendered)

    def test_can_be_left_to_others(self):
        self.assertFalse(chart.of_kind("CustomResourceDefinition", {"crds": {"enabled": False}}))


class AFirstGateway(unittest.TestCase):
    def gateway(self, **given):
        values = {"gateway": {"create": True, **given}}
        return yaml.safe_load(chart.the("ConfigMap", values)["data"]["gateway.yaml"])

    def test_is_not_made_unasked(self):
        self.assertFalse(chart.of_kind("ConfigMap"))
        self.assertNotIn("KUBE_WSGI_FIRST_GATEWAY", environment())

    def test_has_the_spec_of_the_values_over_the_defaults(self):
        spec = self.gateway(spec={"embedded": {"enabled": False}})["spec"]
        self.assertFalse(spec["embedded"]["enabled"])
        self.assertEqual([{"name": "http", "port": 8000}], spec["listeners"])

    def test_serves_what_that_of_the_quickstart_serves(self):
        quickstart = yaml.safe_load((chart.ROOT / "examples/quickstart/gateway.yaml").read_text())
        spec = self.gateway()["spec"]
        self.assertEqual(quickstart["spec"], {field: spec[field] for field in quickstart["spec"]})

    def test_is_in_the_namespace_of_the_release_unless_another_is_given(self):
        self.assertEqual("operators", self.gateway()["metadata"]["namespace"])
        self.assertEqual("web", self.gateway(namespace="web")["metadata"]["namespace"])

    def test_lies_where_the_operator_looks(self):
        values = {"gateway": {"create": True}}
        (mount,) = (m for m in container(values)["volumeMounts"] if m["name"] == "first-gateway")
        told = environment(values)["KUBE_WSGI_FIRST_GATEWAY"]
        self.assertEqual(f"{mount['mountPath']}/gateway.yaml", told)

    def test_restarts_the_operator_when_it_changes_so_that_it_is_applied(self):
        def template(replicas):
            values = {"gateway": {"create": True, "spec": {"replicas": replicas}}}
            return chart.the("Deployment", values)["spec"]["template"]

        self.assertNotEqual(template(1), template(2))

    def test_is_the_only_gateway_that_the_operator_may_write(self):
        roles = chart.of_kind("Role", {"gateway": {"create": True, "namespace": "web"}})
        (role,) = (r for r in roles if r["metadata"]["name"] == "kube-wsgi-first-gateway")
        self.assertEqual("web", role["metadata"]["namespace"])
        for rule in role["rules"]:
            if rule["verbs"] != ["create"]:
                self.assertEqual(["main"], rule["resourceNames"])


class Monitoring(unittest.TestCase):
    def test_is_asked_for_by_a_switch(self):
        self.assertFalse(chart.of_kind("ServiceMonitor"))
        monitor = chart.the("ServiceMonitor", SETTINGS["everything set"])
        self.assertEqual("prom", monitor["metadata"]["labels"]["release"])
        self.assertEqual("30s", monitor["spec"]["endpoints"][0]["interval"])

    def test_finds_a_port_of_the_service(self):
        monitor = chart.the("ServiceMonitor", SETTINGS["everything set"])
        service = chart.the("Service", SETTINGS["everything set"])
        ports = {port["name"] for port in service["spec"]["ports"]}
        self.assertIn(monitor["spec"]["endpoints"][0]["port"], ports)
        self.assertLessEqual(
            monitor["spec"]["selector"]["matchLabels"].items(),
            service["metadata"]["labels"].items(),
        )


class TheNetworkPolicy(unittest.TestCase):
    def test_can_be_left_out(self):
        self.assertTrue(chart.the("NetworkPolicy"))
        self.assertFalse(chart.of_kind("NetworkPolicy", {"networkPolicy": {"enabled": False}}))

    def test_lets_in_whoever_asks_for_probes_and_metrics_and_nothing_else(self):
        spec = chart.the("NetworkPolicy")["spec"]
        self.assertEqual(["Ingress"], spec["policyTypes"])
        (http,) = container()["ports"]
        self.assertEqual(
            [{"ports": [{"port": http["name"], "protocol": http["protocol"]}]}], spec["ingress"]
        )


class TheVersion(unittest.TestCase):
    def test_is_that_of_the_project(self):
        self.assertEqual(chart.project_version(), chart.metadata()["version"])
        self.assertEqual(chart.project_version(), chart.metadata()["appVersion"])


if __name__ == "__main__":
    unittest.main()
