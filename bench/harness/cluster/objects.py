"""What is applied: one gateway, groups, and aliases dealt to them."""

from __future__ import annotations

from typing import Any

from .api import GROUP

NAMESPACE = "bench"
GATEWAY = "main"


def path(plural: str, name: str = "") -> str:
    """The URL path of a kind in the benchmark's namespace, or of one object."""
    return f"{GROUP}/namespaces/{NAMESPACE}/{plural}" + (f"/{name}" if name else "")


def gateway(port: int = 8080) -> dict[str, Any]:
    return of_kind(
        "WsgiGateway",
        GATEWAY,
        {"listeners": [{"name": "http", "port": port}], "embedded": {"enabled": True}},
    )


def group(number: int) -> dict[str, Any]:
    return of_kind("DaemonGroup", group_name(number), {"threads": 5})


def group_name(number: int) -> str:
    return f"site{number}"


def alias(number: int, groups: int) -> dict[str, Any]:
    """An alias of one of the groups, with its script in the image."""
    return of_kind(
        "ScriptAlias",
        f"app{number}",
        {
            "hosts": [f"app{number}.example.com"],
            "path": "/app",
            "script": f"/srv/app{number}/wsgi.py",
            "processGroup": group_name(number % groups),
        },
    )


def of_kind(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """One of our objects in the benchmark's namespace."""
    return {
        "apiVersion": "kubewsgi.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


def is_programmed(item: dict[str, Any]) -> bool:
    """Whether an alias's route is in the table that its gateway reads."""
    return has_condition(item, "Programmed")


def has_condition(item: dict[str, Any], kind: str) -> bool:
    conditions = item.get("status", {}).get("conditions", [])
    return any(one["type"] == kind and one["status"] == "True" for one in conditions)
