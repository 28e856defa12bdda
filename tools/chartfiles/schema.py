"""values.schema.json: refuses unknown keys and wrong types before anything is installed."""

import json

from chartfiles import definitions

_TYPES = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}
_GLOBAL = "Not used; Helm puts it here when the chart is a part of another one."


def text(values, root):
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Values of the chart kube-wsgi",
        **_closed(values, root),
    }
    schema["properties"]["global"] = {"type": "object", "description": _GLOBAL}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _closed(values, root):
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {value.name: _of(value, root) for value in values},
    }


def _of(value, root):
    described = {"description": value.description}
    if value.children:
        return described | _closed(value.children, root)
    if "spec" in value.hints:
        return strict(definitions.spec(root, value.hints["spec"])) | described
    return described | {"type": _TYPES[type(value.default)]} | value.hints


def strict(schema):
    """A schema of Kubernetes' as one that refuses unknown fields too, as its API server does."""
    kept = {k: _within(k, v) for k, v in schema.items() if not k.startswith("x-kubernetes-")}
    if "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        kept["additionalProperties"] = False
    return kept


def _within(keyword, value):
    if keyword == "properties":
        return {name: strict(each) for name, each in value.items()}
    if keyword in ("items", "additionalProperties") and isinstance(value, dict):
        return strict(value)
    if keyword in ("allOf", "anyOf", "oneOf"):
        return [strict(each) for each in value]
    return value
