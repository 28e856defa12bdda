"""Renders the chart with the Helm of the tests."""

import json
import os
import re
import subprocess
import unittest
from functools import cache
from pathlib import Path

import yaml

CHART = Path(__file__).resolve().parent.parent
ROOT = CHART.parent.parent
HELMS = ("helm3", "helm4")
# A Helm that was built from its module does not know the newest Kubernetes that it supports.
_KUBERNETES = re.search(
    r"^\tk8s.io/kubernetes v(\S+)", (ROOT / "src/test/cluster/components/go.mod").read_text(), re.M
)[1]
# As safe as safe_load's, which takes a second for the definitions.
_LOADER = yaml.CSafeLoader


class Refused(Exception):
    """Helm renders nothing; the message is its own."""


@cache
def program(name):
    """The path of a program of the tests; skips what needs it on a machine that cannot build it."""
    built = subprocess.run(
        [ROOT / "src/test/cluster/build", "components" if name == "kubectl" else name],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if built.returncode == 3 and os.environ.get("CI") != "true":
        raise unittest.SkipTest(f"{name} cannot be built without Go (KW215)")
    built.check_returncode()
    return f"{built.stdout.strip()}/{name}"


def kubernetes():
    """The version of Kubernetes that the tests run, such as 1.36.3."""
    return _KUBERNETES


def text(values=None, helm="helm4", chart=CHART, release="kube-wsgi", arguments=()):
    """What `helm template` prints for these values. Raises Refused."""
    command = [program(helm), "template", release, chart, "--values=-", "--namespace=operators"]
    command += [f"--kube-version={_KUBERNETES}", *arguments]
    return _output(tuple(map(str, command)), json.dumps(values or {}))


@cache
def _output(command, given):
    """A test asks for several kinds of one rendering, one after the other."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(done.stderr)
    return done.stdout


def objects(values=None, **options):
    """The objects that these values give."""
    rendered = text(values, **options)
    return [each for each in yaml.load_all(rendered, Loader=_LOADER) if each]


def of_kind(kind, values=None, **options):
    """Those of one kind."""
    return [each for each in objects(values, **options) if each["kind"] == kind]


def the(kind, values=None, **options):
    """The only one of its kind."""
    found = of_kind(kind, values, **options)
    if len(found) != 1:
        raise AssertionError(f"one {kind} is expected, {len(found)} are rendered")
    return found[0]


def lint(helm):
    """`helm lint`, with warnings as errors. Raises Refused."""
    command = [program(helm), "lint", "--strict", CHART, f"--kube-version={_KUBERNETES}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(done.stdout + done.stderr)


def metadata():
    """Chart.yaml."""
    return yaml.safe_load((CHART / "Chart.yaml").read_text())


def project_version():
    """The version in pom.xml."""
    return re.search(r"<version>(.*?)</version>", (ROOT / "pom.xml").read_text())[1]


def definitions():
    """The generated CustomResourceDefinitions."""
    places = sorted((ROOT / "crds/src/main/resources/dev/kubewsgi/crds").glob("*.yaml"))
    return [yaml.load(place.read_text(), Loader=_LOADER) for place in places]
