"""A client of a script that is edited again and again, which checks the version in each answer.

One thread and epoll. On each connection a request follows the answer before it without a pause, so
that requests are on their way whenever the old code gives way to the new.
"""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from .dispatch.load import parse
from .errors import BenchError

CONNECTIONS = 4
_READ = 65536
# A reload takes a tenth of a second; beyond this it does not come.
_PATIENCE_SECONDS = 30.0
_FAULTS_KEPT = 10

SCRIPT = """\
BODY = b"%s"


def application(environ, start_response):
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))]
    start_response("200 OK", headers)
    return [BODY]
"""


def body(version: int) -> bytes:
    """Return what the script of a version answers: as many bytes as that of any other."""
    return b"version %08d" % version


def write(script: Path, version: int) -> None:
    """Put a version in place at once, as editors do: nobody reads half of it."""
    beside = script.with_suffix(".new")
    beside.write_text(SCRIPT % body(version).decode())
    beside.replace(script)


@dataclass
class Tally:
    """What came of all requests so far."""

    answers: int = 0
    failures: int = 0
    faults: list[str] = field(default_factory=list)
    """Of the first failures, what was wrong."""

    def failed(self, fault: str) -> None:
        self.failures += 1
        if len(self.faults) < _FAULTS_KEPT:
            self.faults.append(fault)


class Verdict:
    """Which versions may be seen, and whether an edit has come through everywhere.

    From an edit on, the version before it is right as well as its own. It is `settled` once each
    connection has had the new one twice: what is on its way was then sent after that, so none of
    the old can follow, however long one request may have taken. The next edit is made only then,
    and so an answer of anything older is a failure.
    """

    def __init__(self, version: int):
        self.version = version
        self._right = {body(version): version}
        self._in_a_row: dict[int, int] = {}
        """Answers of the version, by connection."""

    def opened(self, connection: int) -> None:
        self._in_a_row[connection] = 0

    def closed(self, connection: int) -> None:
        del self._in_a_row[connection]

    def edited(self) -> None:
        """The next version is in place."""
        self._right = {body(one): one for one in (self.version, self.version + 1)}
        self.version += 1
        self._in_a_row = dict.fromkeys(self._in_a_row, 0)

    @property
    def seen(self) -> bool:
        return any(self._in_a_row.values())

    @property
    def settled(self) -> bool:
        return min(self._in_a_row.values()) >= 2

    def fault(self, connection: int, status: int, answer: bytes) -> str | None:
        """Take an answer, and return what is wrong with it."""
        version = self._right.get(answer) if status == 200 else None
        new = version == self.version
        self._in_a_row[connection] = self._in_a_row[connection] + 1 if new else 0
        if version is None:
            return f"status {status}, {answer[:60]!r}; version {self.version} is in place"
        return None


class Storm:
    """The client; `reload` is one edit, with the requests that go on meanwhile."""

    def __init__(self, port: int, path: str, script: Path):
        self._port = port
        self._request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        self._script = script
        self._verdict = Verdict(0)
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._received: dict[int, bytes] = {}
        self.tally = Tally()

    def __enter__(self) -> Storm:
        for _ in range(CONNECTIONS):
            self._connect()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets.values():
            one.close()
        self._epoll.close()

    def reload(self, requests: int) -> float:
        """Edit the script; return, after `requests` answers and no sooner than the edit is served.

        returns: seconds from the edit to the first answer of it
        """
        write(self._script, self._verdict.version + 1)
        self._verdict.edited()
        edited, enough, seen = time.monotonic(), self.tally.answers + requests, None
        while self.tally.answers < enough or not self._verdict.settled:
            for descriptor, _ in self._epoll.poll(1.0):
                self._read(descriptor)
                if seen is None and self._verdict.seen:
                    seen = time.monotonic() - edited
            if time.monotonic() - edited > _PATIENCE_SECONDS and not self._verdict.settled:
                faults = "\n".join(self.tally.faults)
                raise BenchError(f"version {self._verdict.version} is not served:\n{faults}")
        return seen if seen is not None else 0.0

    def _connect(self) -> None:
        one = socket.create_connection(("127.0.0.1", self._port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._epoll.register(one.fileno(), select.EPOLLIN)
        self._sockets[one.fileno()] = one
        self._received[one.fileno()] = b""
        self._verdict.opened(one.fileno())
        one.send(self._request)

    def _read(self, descriptor: int) -> None:
        try:
            data = self._sockets[descriptor].recv(_READ)
        except OSError as error:
            return self._replace(descriptor, f"{type(error).__name__}: {error}")
        if not data:
            return self._replace(descriptor, "the connection was closed without an answer")
        answer = parse(self._received[descriptor] + data)
        if answer is None:
            self._received[descriptor] += data
            return None
        status, text, closes = answer
        self._received[descriptor] = b""
        self.tally.answers += 1
        fault = self._verdict.fault(descriptor, status, text)
        if fault is not None:
            self.tally.failed(fault)
        if closes:
            return self._replace(descriptor, None)
        return self._send(descriptor)

    def _send(self, descriptor: int) -> None:
        try:
            self._sockets[descriptor].send(self._request)
        except OSError as error:
            self._replace(descriptor, f"{type(error).__name__}: {error}")

    def _replace(self, descriptor: int, fault: str | None) -> None:
        if fault is not None:
            self.tally.failed(fault)
        self._epoll.unregister(descriptor)
        self._sockets.pop(descriptor).close()
        del self._received[descriptor]
        self._verdict.closed(descriptor)
        self._connect()
