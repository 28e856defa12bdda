"""The roles that are rendered, against the tables of docs/rbac.md."""

import unittest

import chart
import rights

_MODES = {
    "cluster mode": {"gateway": {"create": True}},
    "namespaced mode": {
        "watchNamespaces": ["operators", "team-a"],
        "gateway": {"create": True},
    },
}
# Where a role of the operator counts, by its kind and the end of its name.
_SCOPES = {
    ("ClusterRole", ""): "all namespaces",
    ("ClusterRole", "-secrets"): "namespaces with a DaemonGroup",
    ("Role", ""): "watched namespaces",
    ("Role", "-leader"): "the release's namespace",
    ("Role", "-first-gateway"): "the first gateway's namespace",
}
_OF_USERS = ("kube-wsgi-edit", "kube-wsgi-view")


def rendered(mode):
    """The same of the roles in the chart."""
    return {
        (_SCOPES[role["kind"], role["metadata"]["name"].replace("kube-wsgi", "", 1)], *right)
        for role in roles(_MODES[mode])
        if role["metadata"]["name"] not in _OF_USERS
        for right in of_role(role)
    }


def roles(values):
    return chart.of_kind("ClusterRole", values) + chart.of_kind("Role", values)


def of_role(role):
    for rule in role["rules"]:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                for name in rule.get("resourceNames", [""]):
                    for verb in rule["verbs"]:
                        yield group, resource, name, verb


class TheTableOfRights(unittest.TestCase):
    maxDiff = None

    def test_is_what_the_chart_renders(self):
        for mode in _MODES:
            with self.subTest(mode):
                self.assertEqual(rights.documented(mode), rendered(mode), "see docs/rbac.md")

    def test_of_users_is_what_the_chart_renders(self):
        _, of_users = rights.tables()
        for row in of_users:
            name = f"kube-wsgi-{rights.words(row['part of'])[0]}"
            (role,) = (r for r in chart.of_kind("ClusterRole") if r["metadata"]["name"] == name)
            wanted = {
                (r, v) for r in rights.words(row["resource"]) for v in rights.words(row["verbs"])
            }
            self.assertEqual(wanted, {(right[1], right[3]) for right in of_role(role)})
            for part in rights.words(row["part of"]):
                label = f"rbac.authorization.k8s.io/aggregate-to-{part}"
                self.assertEqual("true", role["metadata"]["labels"][label])


class NoRole(unittest.TestCase):
    def all_rights(self):
        for values in _MODES.values():
            for role in roles(values):
                for right in of_role(role):
                    yield (role, *right)

    def test_has_a_wildcard(self):
        for _, group, resource, _, verb in self.all_rights():
            self.assertNotIn("*", f"{group} {resource} {verb}")

    def test_leads_to_more_than_it_says(self):
        for _, _, resource, name, verb in self.all_rights():
            self.assertNotIn(verb, ("escalate", "impersonate"))
            self.assertNotIn(resource, ("pods/exec", "pods/attach", "serviceaccounts/token"))
            if verb == "bind":
                self.assertEqual("kube-wsgi-secrets", name)

    def test_that_is_bound_cluster_wide_says_anything_of_secrets(self):
        for values in _MODES.values():
            bound = {
                (binding["roleRef"]["kind"], binding["roleRef"]["name"])
                for binding in chart.of_kind("ClusterRoleBinding", values)
            }
            for role in roles(values):
                if (role["kind"], role["metadata"]["name"]) in bound:
                    self.assertFalse([right for right in of_role(role) if right[1] == "secrets"])

    def test_of_secrets_lists_or_watches_them(self):
        for _, _, resource, _, verb in self.all_rights():
            if resource == "secrets":
                self.assertNotIn(verb, ("list", "watch", "deletecollection"))


if __name__ == "__main__":
    unittest.main()
