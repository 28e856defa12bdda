"""The CustomResourceDefinitions: generated from Java in crds, and copied to where others look."""

import yaml

GENERATED = "crds/src/main/resources/dev/kubewsgi/crds"


def copies(root, chart):
    """(path, text) of each, inside the chart: a chart holds no file from elsewhere."""
    for source in _files(root):
        yield chart / "files/crds" / source.name, source.read_text(encoding="utf-8")


def spec(root, plural):
    """The schema of a kind's spec, as its definition has it."""
    source = root / GENERATED / f"{plural}.kubewsgi.dev.yaml"
    definition = yaml.safe_load(source.read_text(encoding="utf-8"))
    (version,) = definition["spec"]["versions"]
    return version["schema"]["openAPIV3Schema"]["properties"]["spec"]


def _files(root):
    return sorted((root / GENERATED).glob("*.yaml"))
