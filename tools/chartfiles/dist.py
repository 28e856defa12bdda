"""dist/kube-wsgi.yaml: the chart with its default values, for `kubectl apply -f`."""

import yaml

from chartfiles import helm

_NAMESPACE = "kube-wsgi"
_HEAD = f"""\
# kube-wsgi for `kubectl apply -f`: the chart helm/kube-wsgi with its default values, in the
# namespace {_NAMESPACE}. Written by tools/chart.
"""
_OF_HELM = ("helm.sh/chart", "helm.sh/resource-policy", "app.kubernetes.io/managed-by")


def text(root, chart):
    rendered = helm.template(root, "kube-wsgi", str(chart), f"--namespace={_NAMESPACE}")
    objects = [_namespace(), *filter(None, yaml.safe_load_all(rendered))]
    objects.sort(key=_rank)
    return _HEAD + "".join("---\n" + _dump(_without_helm(each)) for each in objects)


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
