"""The probes' listening socket: `/livez` and `/readyz`, as the kubelet asks for them.

Anybody in the cluster may ask, so that an answer is one line which tells nothing of applications,
and no request has a body.
"""

from kubewsgi import errors
from kubewsgi.reception import Reception, Refused


class Probes(Reception):
    """Answers 200 `ok`, or 503 and what is wrong.

    `targets` has for each path a function that tells what is wrong, None if nothing is.
    """

    def __init__(self, listener, targets, watch, unwatch):
        super().__init__(listener, watch, unwatch)
        self._targets = targets

    def _answer(self, visitor):
        request = visitor.request
        look = self._targets.get(request.target)
        if look is None:
            raise Refused(404, errors.SLOT_BAD_REQUEST, f"there is no {request.target}")
        if request.method not in ("GET", "HEAD"):
            raise Refused(405, errors.SLOT_BAD_REQUEST, f"{request.target} takes GET and HEAD")
        trouble = look()
        self._reply(visitor, 503 if trouble else 200, f"{trouble or 'ok'}\n")


class Readiness:
    """Whether every application group has been imported once: it cannot be lost again.

    An application that is added later, or edited, and fails is no reason to take from a pod those
    that serve.
    """

    def __init__(self):
        self._wanted = frozenset()
        self._imported = set()
        self._reached = False

    def want(self, identifiers):
        """These application groups should run now."""
        self._wanted = frozenset(identifiers)
        self._look()

    def imported(self, identifier):
        """A worker of this one has become ready."""
        self._imported.add(identifier)
        self._look()

    def trouble(self):
        """What is missing; None: nothing, now or once before."""
        if self._reached:
            return None
        done = len(self._wanted & self._imported)
        return f"starting: {done} of {len(self._wanted)} application groups imported"

    def _look(self):
        self._reached = self._reached or self._wanted <= self._imported
