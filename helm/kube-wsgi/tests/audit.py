"""What somebody asked an API server for, from its audit log."""

import dataclasses
import json

_CREATED = 201
_FORBIDDEN = 403


@dataclasses.dataclass(frozen=True)
class Request:
    """A request for objects, and its fate.

    resource: with its subresource, such as daemongroups/status
    """

    group: str
    resource: str
    verb: str
    namespace: str
    name: str
    code: int
    decision: str
    message: str

    @property
    def is_forbidden(self):
        """Also a role that gives what its writer has not, though writing as such is allowed."""
        return self.decision == "forbid" or self.code == _FORBIDDEN

    @property
    def what(self):
        """All but its fate."""
        return self.group, self.resource, self.verb, self.namespace, self.name

    @property
    def rights(self):
        """(group, resource, verb) of what it needed: who creates by applying needs two verbs."""
        verbs = {self.verb}
        if self.verb == "patch" and self.code == _CREATED:
            verbs.add("create")
        return {(self.group, self.resource, verb) for verb in verbs}


def requests(log, user):
    """All of a user, in their order. A watch is one once it has ended."""
    with log.open(encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines if f'"{user}"' in line]
    return [_request(event) for event in events if "objectRef" in event]


def forbidden(asked):
    """The messages of what was forbidden and never allowed later.

    A binding takes effect a moment after it was made, and who has made it asks again.
    """
    allowed = {each.what for each in asked if not each.is_forbidden}
    return [each.message for each in asked if each.is_forbidden and each.what not in allowed]


def _request(event):
    what = event["objectRef"]
    subresource = what.get("subresource")
    status = event.get("responseStatus", {})
    return Request(
        what.get("apiGroup", ""),
        what["resource"] + (f"/{subresource}" if subresource else ""),
        event["verb"],
        what.get("namespace", ""),
        what.get("name", ""),
        status.get("code", 0),
        event.get("annotations", {}).get("authorization.k8s.io/decision", ""),
        status.get("message", ""),
    )
