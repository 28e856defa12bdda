"""The supervisor's listening socket: the first request of every connection.

Whoever does not know the group's secret is answered 401 and forgotten. docs/worker-protocol.md
has the requests.
"""

import socket
from _operator import _compare_digest as compare_digest  # as hmac has it, without OpenSSL
from time import monotonic

from kubewsgi import errors
from kubewsgi.reception import Reception, Refused

CONFIG_LIMIT = 4 << 20
_CONFIG_SECONDS = 30.0


class Door(Reception):
    """All connections that have not become slots.

    `secrets` are those that open it. `host` gives open_slot(id, revision, socket) -> pid,
    reconfigure(text) -> what became of it, and changed(), and raises Refused from the first two.
    """

    def __init__(self, listener, secrets, watch, unwatch, host):
        super().__init__(listener, watch, unwatch)
        self.secrets = secrets
        self._host = host

    def publish(self, line):
        """Sends the state to everybody who follows the events; late ones get the latest only."""
        for visitor in list(self._visitors):
            if visitor.follows:
                visitor.latest = b"%x\r\n%s\r\n" % (len(line), line)
                self._flush(visitor)

    def _begin(self, visitor):
        given = visitor.request.fields.get("authorization", "").encode("latin-1")
        # All of them, always: which one it was must not show in the time that it took.
        if not sum(compare_digest(given, f"Bearer {one}".encode("ascii")) for one in self.secrets):
            raise Refused(401, errors.SLOT_UNAUTHORIZED, "the group's secret is required")
        visitor.known = True
        visitor.deadline = monotonic() + _CONFIG_SECONDS

    def _answer(self, visitor):
        request = visitor.request
        routes = {
            "/.kubewsgi/slot": ("GET", self._open_slot),
            "/.kubewsgi/events": ("GET", self._follow),
            "/.kubewsgi/config": ("PUT", self._configure),
        }
        method, action = routes.get(request.target, (None, None))
        if action is None:
            raise Refused(404, errors.SLOT_BAD_REQUEST, f"there is no {request.target}")
        if request.method != method:
            raise Refused(405, errors.SLOT_BAD_REQUEST, f"{request.target} takes {method} only")
        action(visitor, request)

    def _open_slot(self, visitor, request):
        fields = request.fields
        identifier = _utf8(fields.get("kubewsgi-application-group"))
        if fields.get("upgrade") != "kubewsgi" or not identifier:
            raise Refused(
                400,
                errors.SLOT_BAD_REQUEST,
                "a slot needs Upgrade: kubewsgi and KubeWsgi-Application-Group",
            )
        if visitor.received:
            raise Refused(400, errors.SLOT_BAD_REQUEST, "a slot's requests begin after the 101")
        revision = _utf8(fields.get("kubewsgi-revision"))
        pid = self._host.open_slot(identifier, revision, visitor.socket)
        answer = (
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: kubewsgi\r\n"
            f"KubeWsgi-Worker: {pid}\r\nKubeWsgi-Turns: kept\r\n\r\n"
        )
        visitor.socket.send(answer.encode("ascii"), socket.MSG_DONTWAIT)
        self._close(visitor)  # this process's copy

    def _follow(self, visitor, _):
        visitor.follows = True
        visitor.deadline = None
        visitor.sending = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
            b"Cache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        self._host.changed()

    def _configure(self, visitor, request):
        length = request.fields.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            raise Refused(400, errors.SLOT_BAD_REQUEST, "a configuration needs Content-Length")
        if int(length[:12]) > CONFIG_LIMIT:
            raise Refused(413, errors.SLOT_BAD_REQUEST, f"at most {CONFIG_LIMIT} bytes")
        if len(visitor.received) >= int(length):
            outcome = self._host.reconfigure(visitor.received[: int(length)])
            self._reply(visitor, 200, f"{outcome}\n")


def _utf8(value):
    """A field's value in UTF-8, which was read as latin-1."""
    return value and value.encode("latin-1").decode("utf-8", "replace")
