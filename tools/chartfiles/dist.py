"""The chart with its default values, for `kubectl apply -f`."""

import yaml

from chartfiles import helm

_NAMESPACE = "kube-wsgi"
_EVERYTHING = f"""\
# kube-wsgi for `kubectl apply -f`: the chart helm/kube-wsgi with its default values, in the
# namespace {_NAMESPACE}. Written by tools/chart.
"""
_DEFINITIONS = """\
# The definitions of kube-wsgi's kinds, and the roles for who uses them: what crds.enabled brings.
# Written by tools/chart.
"""
_OF_DEFINITIONS = ("crds", "clusterrole-edit", "clusterrole-view")
_OF_HELM = ("helm.sh/chart", "helm.sh/resource-policy", "app.kubernetes.io/managed-by")


def everything(root, chart):
    """dist/kube-wsgi.yaml."""
    return _text(_EVERYTHING, [_namespace(), *_rendered(root, chart)])


def definitions(root, chart):
    """dist/crds.yaml."""
    templates = [f"--show-only=templates/{name}.yaml" for name in _OF_DEFINITIONS]
    return _text(_DEFINITIONS, _rendered(root, chart, *templates))


def _rendered(root, chart, *options):
    text = helm.template(root, "kube-wsgi", str(chart), f"--namespace={_NAMESPACE}", *options)
    return [thing for thing in yaml.safe_load_all(text) if thing]


def _text(head, things):
    things = sorted(things, key=_rank)
    return head + "".join("---\n" + _dump(_without_helm(thing)) for thing in things)


def _namespace():
    """Helm makes it on the command line and so has none in the chart."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": _NAMESPACE,
            "labels": {"pod-security.kubernetes.io/enforce": "restricted"},
        },
    }


def _rank(thing):
    """kubectl keeps the order of the file: what others need comes first."""
    return {"Namespace": 0, "CustomResourceDefinition": 1}.get(thing["kind"], 2)


def _without_helm(thing):
    """Without what only Helm reads; a selector has none of it."""
    for metadata in _metadata(thing):
        for each in ("labels", "annotations"):
            kept = {k: v for k, v in metadata.get(each, {}).items() if k not in _OF_HELM}
            if kept:
                metadata[each] = kept
            else:
                metadata.pop(each, None)
    return thing


def _metadata(thing):
    yield thing["metadata"]
    if "template" in thing.get("spec", {}):
        yield thing["spec"]["template"]["metadata"]


def _dump(thing):
    return yaml.safe_dump(thing, sort_keys=False, width=100, allow_unicode=True)
