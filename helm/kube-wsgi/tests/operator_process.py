"""The operator's process beside a cluster, as what the chart's Deployment would run."""

import json
import os
import socket
import subprocess
from contextlib import contextmanager

import chart

_PROGRAM = chart.ROOT / "bin/kube-wsgi-operator"
_BUILT = chart.ROOT / "operator/target/quarkus-app/quarkus-run.jar"


def is_built():
    return _BUILT.exists()


@contextmanager
def running(place, release="kube-wsgi", namespace="kube-wsgi"):
    """The process of a release that is installed, with its account and variables, for a block.

    place: the cluster
    """
    deployment = place.get("deployment", release, namespace)
    pod = deployment["spec"]["template"]["spec"]
    account = pod["serviceAccountName"]
    log = place.directory / "logs/operator.log"
    with (
        log.open("ab") as output,
        subprocess.Popen(
            [_PROGRAM],
            env={
                **{name: value for name, value in os.environ.items() if "KUBE" not in name},
                **_variables(place, pod, deployment),
                "KUBECONFIG": str(_kubeconfig(place, namespace, account)),
                "QUARKUS_HTTP_PORT": str(_free_port()),
                "KUBE_WSGI_SKIP_BUILD": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            yield log
        finally:
            process.terminate()


def _variables(place, pod, deployment):
    (container,) = pod["containers"]
    fields = {
        "metadata.namespace": deployment["metadata"]["namespace"],
        "metadata.name": f"{deployment['metadata']['name']}-0",
        "spec.serviceAccountName": pod["serviceAccountName"],
    }
    variables = {
        each["name"]: each["value"]
        if "value" in each
        else fields[each["valueFrom"]["fieldRef"]["fieldPath"]]
        for each in container["env"]
    }
    return _with_files(place, pod, container, deployment, variables)


def _with_files(place, pod, container, deployment, variables):
    """Files of mounted ConfigMaps lie in the cluster's directory, where variables find them."""
    for volume in pod["volumes"]:
        if "configMap" not in volume:
            continue
        name = volume["configMap"]["name"]
        content = place.get("configmap", name, deployment["metadata"]["namespace"])["data"]
        (mount,) = (m for m in container["volumeMounts"] if m["name"] == volume["name"])
        for file, text in content.items():
            (place.directory / file).write_text(text)
            inside = f"{mount['mountPath']}/{file}"
            for variable, value in variables.items():
                if value == inside:
                    variables[variable] = str(place.directory / file)
    return variables


def _kubeconfig(place, namespace, account):
    """Of the ServiceAccount alone, by a token for an hour."""
    token = place.kubectl("create", "token", account, f"--namespace={namespace}", "--duration=1h")
    content = json.loads(place.kubeconfig.read_text())
    content["users"][0]["user"] = {"token": token.strip()}
    content["contexts"][0]["context"]["namespace"] = namespace
    path = place.directory / "operator.kubeconfig"
    path.write_text(json.dumps(content))
    return path


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
