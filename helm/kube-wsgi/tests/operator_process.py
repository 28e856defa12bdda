"""The operator's process beside a cluster, as what the chart's Deployment would run."""

import json
import os
import socket
import subprocess
from contextlib import contextmanager

import chart

_PROGRAM = chart.ROOT / "bin/kube-wsgi-operator"
_BUILT = chart.ROOT / "operator/target/quarkus-app/quarkus-run.jar"
_PATIENCE = 60  # seconds for its end


def is_built():
    return _BUILT.exists()


@contextmanager
def running(place, release="kube-wsgi", namespace="kube-wsgi"):
    """The process of a release that is installed, with its account and variables, for a block.

    place: the cluster
    """
    pod = place.get("deployment", release, namespace)["spec"]["template"]["spec"]
    log = place.directory / "logs/operator.log"
    environment = {
        **{name: value for name, value in os.environ.items() if "KUBE" not in name},
        **_variables(place, namespace, pod),
        "KUBECONFIG": str(_kubeconfig(place, namespace, pod["serviceAccountName"])),
        "QUARKUS_HTTP_PORT": str(_free_port()),
        "KUBE_WSGI_SKIP_BUILD": "1",
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [_PROGRAM],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            yield log
        finally:
            _end(process)


def _end(process):
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def _variables(place, namespace, pod):
    """Of the only container, with values as they are beside the cluster."""
    (container,) = pod["containers"]
    fields = {
        "metadata.namespace": namespace,
        "metadata.name": "operator-0",
        "spec.serviceAccountName": pod["serviceAccountName"],
    }
    files = dict(_mounted_files(place, namespace, pod, container))
    variables = {}
    for each in container["env"]:
        value = each.get("value") or fields[each["valueFrom"]["fieldRef"]["fieldPath"]]
        variables[each["name"]] = files.get(value, value)
    return variables


def _mounted_files(place, namespace, pod, container):
    """(path in the container, path here) of each file of a mounted ConfigMap."""
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    for volume in pod["volumes"]:
        if "configMap" in volume:
            content = place.get("configmap", volume["configMap"]["name"], namespace)["data"]
            for name, text in content.items():
                (place.directory / name).write_text(text)
                yield f"{mounts[volume['name']]}/{name}", str(place.directory / name)


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
