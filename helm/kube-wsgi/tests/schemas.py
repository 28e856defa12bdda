"""Schemas for kubeconform, made of Kubernetes' own OpenAPI document.

The document is in the Go module of which the tests' API server is built: both are of one version.
"""

import json
import subprocess
from pathlib import Path

import chart
from chartfiles.schema import strict

# Under which kubeconform looks for a kind's.
LOCATION = "{{ .ResourceKind }}.{{ .Group }}.{{ .ResourceAPIVersion }}.json"
_INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"


def write(place):
    """Write a file for each kind of Kubernetes and of ours into a directory."""
    definitions = _openapi()["definitions"]
    for name, definition in definitions.items():
        for kind in definition.get("x-kubernetes-group-version-kind", ()):
            reference = {"$ref": f"_definitions.json#/definitions/{name}"}
            _write(place, kind["kind"], kind["group"], kind["version"], reference)
    refusing = {name: strict(definition) for name, definition in definitions.items()}
    refusing[_INT_OR_STRING] = {"type": ["string", "integer"]}
    (place / "_definitions.json").write_text(json.dumps({"definitions": refusing}))
    for definition in chart.definitions():
        _write_ours(place, definition["spec"])


def _openapi():
    module = f"k8s.io/kubernetes@v{chart.kubernetes()}"
    found = subprocess.check_output(["go", "mod", "download", "-json", module], text=True)
    directory = Path(json.loads(found)["Dir"])
    return json.loads((directory / "api/openapi-spec/swagger.json").read_text())


def _write_ours(place, spec):
    for version in spec["versions"]:
        schema = strict(version["schema"]["openAPIV3Schema"])
        for field in ("apiVersion", "kind", "metadata"):  # the API server's own
            schema["properties"][field] = {}
        _write(place, spec["names"]["kind"], spec["group"], version["name"], schema)


def _write(place, kind, group, version, schema):
    """kubeconform takes an apiVersion without a group for a group of its own."""
    (place / f"{kind.lower()}.{group or version}.{version}.json").write_text(json.dumps(schema))
