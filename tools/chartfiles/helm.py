"""Runs the Helm that the tests run."""

import subprocess

_MISSING = 3  # the exit code of src/test/cluster/build without a Go


class HelmMissing(Exception):
    """There is no Helm and none can be built."""


def template(root, *arguments):
    """What `helm template` prints with these arguments."""
    built = subprocess.run(
        [root / "src/test/cluster/build", "helm4"], stdout=subprocess.PIPE, text=True, check=False
    )
    if built.returncode == _MISSING:
        raise HelmMissing("dist/kube-wsgi.yaml was not looked at: there is no Helm")
    built.check_returncode()
    helm = f"{built.stdout.strip()}/helm4"
    return subprocess.check_output([helm, "template", *arguments], text=True)
