"""What somebody asked an API server for, from its audit log."""

import dataclasses
import json


@dataclasses.dataclass(frozen=True)
class Request:
    """A request and its fate.

    resource: with its subresource, such as pods or daemongroups/status
    """

    group: str
    resource: str
    verb: str
    namespace: str
    name: str
    refused: bool
    message: str

    @property
    def right(self):
        return self.group, self.resource, self.verb


def requests(log, user):
    """All of a user for objects, in their order."""
    with log.open(encoding="utf-8") as lines:
        events = (json.loads(line) for line in lines if f'"{user}"' in line)
        return [_request(event) for event in events if "objectRef" in event]


def _request(event):
    what = event["objectRef"]
    subresource = what.get("subresource")
    status = event.get("responseStatus", {})
    decision = event.get("annotations", {}).get("authorization.k8s.io/decision")
    return Request(
        what.get("apiGroup", ""),
        what["resource"] + (f"/{subresource}" if subresource else ""),
        event["verb"],
        what.get("namespace", ""),
        what.get("name", ""),
        # A role that grants what its writer does not hold is refused after the decision to allow.
        refused=decision == "forbid" or status.get("code") == 403,
        message=status.get("message", ""),
    )
