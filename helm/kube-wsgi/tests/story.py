"""What users do while an operator runs, and what they wait for."""

import json

import chart

_QUICKSTART = chart.ROOT / "examples/quickstart"
# More than fits into one shard of a route table, when there are two.
_LARGE = f"text = '{'x' * 50_000}'\n"
_VOLUME = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "files", "namespace": "default"},
    "spec": {
        "accessModes": ["ReadOnlyMany"],
        "resources": {"requests": {"storage": "1Mi"}},
    },
}


def alias(name, **spec):
    return {
        "apiVersion": "kubewsgi.dev/v1alpha1",
        "kind": "ScriptAlias",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"path": f"/{name}", "script": "wsgi.py", **spec},
    }


class Story:
    """An operator's day: everything that it does for its objects, once."""

    def __init__(self, place):
        self.place = place

    def tell(self):
        self.quickstart()
        self.code_from_a_config_map()
        self.code_from_a_volume()
        self.a_route_table_that_grows_and_shrinks()
        self.a_fault_that_comes_back()
        self.another_secret()
        self.a_pod_template_that_cannot_be()

    def quickstart(self):
        self.place.kubectl("apply", f"--filename={_QUICKSTART}")
        self.await_objects("deployment", "main-gateway", "site1-group", "legacy-group")
        self.await_objects("service", "main-gateway", "site1-group", "legacy-group")
        self.await_objects("secret", "site1-group", "legacy-group")
        self.await_objects("configmap", "main-gateway-status", "site1-group", "legacy-group")
        for name in ("hello", "environ", "counter", "report"):
            self.await_reason("alias", name, "Programmed")

    def code_from_a_config_map(self):
        self.place.apply(alias("mapped", source={"configMap": {"name": "code"}}))
        self.await_reason("alias", "mapped", "SourceNotFound")
        self.place.kubectl("create", "configmap", "code", "--from-literal=wsgi.py=pass")
        self.await_reason("alias", "mapped", "ResolvedRefs")

    def code_from_a_volume(self):
        self.place.apply(alias("stored", source={"persistentVolumeClaim": {"claimName": "files"}}))
        self.await_reason("alias", "stored", "SourceNotFound")
        self.place.apply(_VOLUME)
        self.await_reason("alias", "stored", "ResolvedRefs")

    def a_route_table_that_grows_and_shrinks(self):
        for name in ("large", "larger"):
            self.place.apply(alias(name, source={"inline": {"wsgi.py": _LARGE}}))
        self.await_objects("configmap", "main-gateway-routes-2-0", "main-gateway-routes-2-1")
        self.place.kubectl("delete", "alias", "large", "larger")
        self.place.await_that(
            lambda: not self.place.get("configmap", "main-gateway-routes-2-0"),
            "the shard main-gateway-routes-2-0 is still there",
        )

    def a_fault_that_comes_back(self):
        for group, reason in (
            ("away", "ProcessGroupNotFound"),
            ("site1", "ResolvedRefs"),
            ("away", "ProcessGroupNotFound"),
        ):
            self.place.apply(alias("moving", processGroup=group))
            self.await_reason("alias", "moving", reason)
        self.place.await_that(self.has_counted_an_event, "no event is counted twice")

    def has_counted_an_event(self):
        return any(event.get("count", 1) > 1 for event in self.place.items("events"))

    def another_secret(self):
        self.patch("dg", "site1", secretRotatedAt="2026-01-01T00:00:00Z")
        self.place.await_that(
            lambda: "previous" in self.place.get("secret", "site1-group")["data"],
            "the Secret site1-group has no previous secret",
        )

    def a_pod_template_that_cannot_be(self):
        """What runs stays as it is; only shards of route tables are ever deleted."""
        template = {"metadata": {"labels": {"app.kubernetes.io/instance": "another"}}}
        self.patch("dg", "legacy", podTemplate=template)
        self.await_reason("dg", "legacy", "InvalidSpec")

    def patch(self, kind, name, **spec):
        content = json.dumps({"spec": spec})
        self.place.kubectl("patch", kind, name, "--type=merge", f"--patch={content}")

    def await_objects(self, kind, *names):
        for name in names:
            self.place.await_that(
                lambda n=name: self.place.get(kind, n), f"there is no {kind} {name}"
            )

    def await_reason(self, kind, name, reason):
        """Of any condition."""
        self.place.await_that(
            lambda: reason in self.reasons(kind, name),
            f"no condition of {kind} {name} says {reason}",
        )

    def reasons(self, kind, name):
        status = self.place.get(kind, name).get("status", {})
        return {condition["reason"] for condition in status.get("conditions", ())}
