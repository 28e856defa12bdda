"""The command line: every generated file with its text, written or compared."""

import sys
from pathlib import Path

from chartfiles import definitions, dist, page, schema, values
from chartfiles.helm import HelmMissing

ROOT = Path(__file__).resolve().parent.parent.parent
CHART = ROOT / "helm/kube-wsgi"


def generated():
    """(path, text) of every generated file; those made by Helm last, as they contain the others."""
    yield from definitions.copies(ROOT, CHART)
    described = values.read(CHART / "values.yaml")
    yield CHART / "values.schema.json", schema.text(described, ROOT)
    yield ROOT / "docs/install.md", page.with_table(ROOT / "docs/install.md", described)
    yield ROOT / "dist/crds.yaml", dist.definitions(ROOT, CHART)
    yield ROOT / "dist/kube-wsgi.yaml", dist.everything(ROOT, CHART)


def main(arguments):
    check = "--check" in arguments
    try:
        stale = [path for path, text in generated() if _differs(path, text, write=not check)]
    except values.Undescribed as error:
        print(error, file=sys.stderr)
        return 1
    except HelmMissing as error:
        print(error, file=sys.stderr)
        return 3
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'is stale: run tools/chart' if check else 'is written'}")
    return 1 if stale and check else 0


def _differs(path, text, write):
    """Whether a file has another text; it has this one afterwards, if it is to be written."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    if write:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
