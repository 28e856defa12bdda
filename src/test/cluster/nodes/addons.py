"""What runs as pods in the cluster: its DNS, and the metrics of its pods and nodes."""

import json
import subprocess
from pathlib import Path
from string import Template

from nodes import images

_TEMPLATES = Path(__file__).resolve().parent / "manifests"
_DEPLOYMENTS = "/apis/apps/v1/namespaces/kube-system/deployments"


def write(directory, network):
    """Write their objects into a directory."""
    directory.mkdir()
    for template in _TEMPLATES.glob("*.yaml"):
        text = Template(template.read_text()).substitute(
            dns_address=network.dns,
            coredns=images.COREDNS,
            metrics_server=images.METRICS_SERVER,
        )
        (directory / template.name).write_text(text)


def pods_and_logs(kubectl):
    """What there is to read about why one of them does not come up."""
    said = ""
    for asked in (["get", "pods"], ["logs", "--selector=k8s-app", "--prefix", "--tail=5"]):
        command = [*kubectl, "--namespace=kube-system", *asked]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said += done.stdout + done.stderr
    return said.strip()


def has_dns(api):
    answer = api.get(f"{_DEPLOYMENTS}/coredns")
    return bool(answer) and json.loads(answer).get("status", {}).get("availableReplicas", 0) > 0


def has_metrics(api, nodes):
    """Whether there are some of every node."""
    answer = api.get("/apis/metrics.k8s.io/v1beta1/nodes")
    return bool(answer) and len(json.loads(answer)["items"]) == len(nodes)
