"""Connections that bring one request each: what the supervisor's listening sockets share.

Until a connection has shown who it is, it holds a bounded number of bytes for a bounded time, and
there is a bounded number of such connections.
"""

import os
import select
import socket
from time import monotonic

from kubewsgi import errors

HEAD_LIMIT = 8192
_HEAD_SECONDS = 5.0
_CLOSE_SECONDS = 1.0
# Beyond this many unidentified connections the oldest is dropped for the newest.
_STRANGERS = 64
_BLOCK = 65536
_BACKLOG = 128

_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}


class Refused(Exception):
    """A request that is answered with `status` and a coded message."""

    def __init__(self, status, code, message):
        super().__init__(f"{code}: {message}")
        self.status = status


def listen(address):
    """The listening socket of a configuration's `listen`. Raises ConfigError."""
    kind, *where = address
    try:
        if kind == "unix":
            return _listen_unix(where[0])
        return _listen_tcp(*where)
    except OSError as failure:
        raise errors.ConfigError(
            errors.GROUP_LISTEN,
            f"cannot listen on {':'.join(map(str, where))} ({failure.strerror}); "
            "choose an address of this machine that is free",
        ) from None


def _listen_tcp(host, port):
    """0.0.0.0 is every address: of IPv6, too, which may be all that a pod has."""
    if host == "0.0.0.0" and socket.has_dualstack_ipv6():
        return socket.create_server(
            ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=_BACKLOG
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)


def _listen_unix(path):
    try:
        os.unlink(path)  # of a supervisor that was killed
    except FileNotFoundError:
        pass
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(path)
    finally:
        os.umask(before)
    listener.listen(_BACKLOG)
    return listener


def _prepare(connection):
    """Sets what holds for a slot, too: its worker gets this very socket."""
    connection.setblocking(False)
    if connection.family != socket.AF_UNIX:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A gateway whose node vanished sends no end; after a minute its slots are free.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)


class Reception:
    """A listening socket and its connections. A subclass answers their requests."""

    def __init__(self, listener, watch, unwatch):
        self._listener = listener
        self._watch = watch  # watch(descriptor, events, handler)
        self._unwatch = unwatch
        self._visitors = []
        listener.setblocking(False)
        watch(listener.fileno(), select.EPOLLIN, self._accept)

    @property
    def address(self):
        """Where it listens: a path, or host:port."""
        name = self._listener.getsockname()
        if isinstance(name, str):
            return name
        host, port, *_ = name
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def next_deadline(self):
        """When `end_late` has something to do; None: never."""
        return min((v.deadline for v in self._visitors if v.deadline), default=None)

    def end_late(self):
        """Closes connections that have used up their time."""
        now = monotonic()
        for visitor in list(self._visitors):
            if visitor.deadline and visitor.deadline <= now:
                self._close(visitor)

    def sockets(self):
        """Everything to be closed in a forked worker."""
        return [self._listener, *(visitor.socket for visitor in self._visitors)]

    def close(self):
        """Stops listening and closes all connections."""
        for connection in self.sockets():
            self._unwatch(connection.fileno())
            connection.close()

    def _accept(self, _):
        try:
            connection, _ = self._listener.accept()
        except OSError:  # it left again
            return
        _prepare(connection)
        visitor = _Visitor(connection)
        strangers = [v for v in self._visitors if not v.known]
        if len(strangers) >= _STRANGERS:
            self._close(strangers[0])
        self._visitors.append(visitor)
        self._watch(connection.fileno(), select.EPOLLIN, lambda events: self._meet(visitor, events))

    def _meet(self, visitor, events):
        try:
            if events & ~select.EPOLLOUT:
                self._read(visitor)
            if not visitor.closed:
                self._flush(visitor)
        except OSError:
            self._close(visitor)

    def _read(self, visitor):
        try:
            data = visitor.socket.recv(_BLOCK)
        except BlockingIOError:
            return
        if not data:
            self._close(visitor)
        elif not (visitor.follows or visitor.done):
            visitor.received += data
            try:
                self._advance(visitor)
            except Refused as refusal:
                self._reply(visitor, refusal.status, f"{refusal}\n")

    def _begin(self, visitor):
        """Looks at a request whose head is complete. May raise Refused."""

    def _answer(self, visitor):
        """Answers a request as soon as enough of its body is there. May raise Refused."""
        raise NotImplementedError

    def _advance(self, visitor):
        if visitor.request is None:
            head, found, rest = visitor.received.partition(b"\r\n\r\n")
            if len(head) > HEAD_LIMIT:
                raise Refused(431, errors.SLOT_BAD_REQUEST, f"at most {HEAD_LIMIT} bytes")
            if not found:
                return
            visitor.request = _Request(head)
            visitor.received = rest
            self._begin(visitor)
        self._answer(visitor)

    def _reply(self, visitor, status, text):
        body = text.encode("utf-8")
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        if visitor.request is not None and visitor.request.method == "HEAD":
            body = b""
        visitor.sending = head.encode("ascii") + body
        visitor.done = True
        visitor.deadline = monotonic() + _CLOSE_SECONDS

    def _flush(self, visitor):
        if not visitor.sending:
            visitor.sending, visitor.latest = visitor.latest, b""
        try:
            while visitor.sending:
                sent = visitor.socket.send(visitor.sending)
                visitor.sending = visitor.sending[sent:]
                if not visitor.sending:
                    visitor.sending, visitor.latest = visitor.latest, b""
            if visitor.done and not visitor.ended:
                visitor.ended = True
                visitor.socket.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            pass
        except OSError:
            self._close(visitor)
            return
        events = select.EPOLLIN | (select.EPOLLOUT if visitor.sending else 0)
        self._watch(visitor.socket.fileno(), events, None)

    def _close(self, visitor):
        if not visitor.closed:
            visitor.closed = True
            self._visitors.remove(visitor)
            # Explicitly: a slot's connection stays open in its worker, and with it the watch.
            self._unwatch(visitor.socket.fileno())
            visitor.socket.close()


class _Visitor:
    """A connection and how far its one request has come."""

    def __init__(self, connection):
        self.socket = connection
        self.deadline = monotonic() + _HEAD_SECONDS
        self.received = b""
        self.request = None
        self.known = False  # has shown who it is
        self.follows = False  # is sent `latest` again and again
        self.sending = b""
        self.latest = b""  # the state to send once `sending` is out
        self.done = False  # the answer is complete once `sending` is out
        self.ended = False  # our side of the connection is shut
        self.closed = False


class _Request:
    """A request's head: method, target, fields by lower-case name."""

    def __init__(self, head):
        line, *lines = head.decode("latin-1").split("\r\n")
        parts = line.split(" ")
        if len(parts) != 3 or parts[2] != "HTTP/1.1":
            raise Refused(400, errors.SLOT_BAD_REQUEST, "the request line is not HTTP/1.1")
        self.method, self.target, _ = parts
        self.fields = {}
        for field in lines:
            name, colon, value = field.partition(":")
            if not colon or not name or name.strip() != name or name.lower() in self.fields:
                raise Refused(400, errors.SLOT_BAD_REQUEST, "a field is malformed or repeated")
            self.fields[name.lower()] = value.strip(" \t")
