"""Sends a trace open-loop: each request at its time, whatever became of those before it.

One thread and epoll, because the machine's processors are the servers'. A request has a connection
for itself: an idle one, or another one is opened.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from ..errors import BenchError
from .trace import Arrival

OK = 200
NO_ANSWER = 0
_LEAD_SECONDS = 0.05
_READ = 65536
# Beyond the longest request and queue of any run: then something hangs.
_PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Answer:
    """How a request went, in seconds of time.monotonic()."""

    arrival: Arrival
    sent: float
    """Just before it was: it may be a millisecond later than the trace says."""
    received: float
    status: int
    """NO_ANSWER: the connection ended before one."""
    start: float = 0.0
    """When the application began; this and what follows belong to a status of 200."""
    end: float = 0.0
    slot: str = ""
    """The process and its thread."""
    queued: float = 0.0
    """When the gateway queued it, by a clock of its own; 0 where it does not say."""

    @property
    def served(self) -> bool:
        return self.status == OK


def parse(data: bytes) -> tuple[int, bytes, bool] | None:
    """Return status, body and whether the connection ends; None while the answer is not whole."""
    head, mark, rest = data.partition(b"\r\n\r\n")
    if not mark:
        return None
    first, *lines = head.split(b"\r\n")
    pairs = (line.partition(b":") for line in lines)
    fields = {name.lower(): value.strip() for name, _, value in pairs}
    try:
        status, length = int(first.split(b" ", 2)[1]), int(fields[b"content-length"])
    except (IndexError, KeyError, ValueError) as error:
        raise BenchError(f"not understood: {head[:200]!r}") from error
    if len(rest) < length:
        return None
    return status, rest[:length], fields.get(b"connection", b"").lower() == b"close"


def answer(arrival: Arrival, sent: float, received: float, status: int, body: bytes) -> Answer:
    """Return an answer with what the application says in its body."""
    if status != OK:
        return Answer(arrival, sent, received, status)
    start, end, slot, queued = body.decode().split()
    times = (float(start), float(end))
    return Answer(arrival, sent, received, status, *times, slot, float(queued))


class _Connection:
    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.port = port
        self.data = b""
        self.number: int | None = None
        """Of the request that it carries, in its trace."""
        self.sent = 0.0

    def begin(self, path: str, number: int, arrival: Arrival) -> None:
        micros = round(arrival.service * 1_000_000)
        head = f"GET {path}?{micros} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        self.number = number
        self.sent = monotonic()
        # Where the server has hung up meanwhile, the next read tells it.
        with contextlib.suppress(OSError):
            self.socket.send(head)


class Load:
    """A client of servers on this machine.

    ports: where each gateway listens; what a trace has for more of them is dealt to these
    """

    def __init__(self, ports: Sequence[int], path: str):
        self._ports = ports
        self._path = path
        self._idle: dict[int, deque[_Connection]] = {port: deque() for port in ports}
        self._open: dict[int, _Connection] = {}
        self._epoll = select.epoll()

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._open.values():
            connection.socket.close()
        self._epoll.close()

    def run(self, trace: Sequence[Arrival]) -> list[Answer]:
        """Send all of it, and return the answers in the order of the trace once all are there."""
        answers: dict[int, Answer] = {}
        begin = monotonic() + _LEAD_SECONDS
        deadline = begin + (trace[-1].at if trace else 0) + _PATIENCE_SECONDS
        sent = 0
        while len(answers) < len(trace):
            while sent < len(trace) and begin + trace[sent].at <= monotonic():
                self._send(sent, trace[sent])
                sent += 1
            now = monotonic()
            if now > deadline:
                raise BenchError(
                    f"{len(trace) - len(answers)} requests to {self._path} were not answered within"
                    f" {_PATIENCE_SECONDS:.0f} s"
                )
            until = begin + trace[sent].at if sent < len(trace) else deadline
            for descriptor, _ in self._epoll.poll(max(0.0, until - now)):
                self._read(self._open[descriptor], trace, answers)
        return [answers[number] for number in range(len(trace))]

    def _send(self, number: int, arrival: Arrival) -> None:
        port = self._ports[arrival.gateway % len(self._ports)]
        idle = self._idle[port]
        connection = idle.popleft() if idle else self._connect(port)
        connection.begin(self._path, number, arrival)

    def _connect(self, port: int) -> _Connection:
        connection = _Connection(port)
        self._open[connection.socket.fileno()] = connection
        self._epoll.register(connection.socket.fileno(), select.EPOLLIN)
        return connection

    def _read(
        self, connection: _Connection, trace: Sequence[Arrival], answers: dict[int, Answer]
    ) -> None:
        try:
            data = connection.socket.recv(_READ)
        except OSError:
            data = b""
        received = monotonic()
        connection.data += data
        parsed = parse(connection.data) if data else (NO_ANSWER, b"", True)
        if parsed is None:
            return
        status, body, closes = parsed
        number, connection.number, connection.data = connection.number, None, b""
        if number is not None:
            answers[number] = answer(trace[number], connection.sent, received, status, body)
        if closes:
            self._forget(connection)
        elif number is not None:
            self._idle[connection.port].append(connection)

    def _forget(self, connection: _Connection) -> None:
        del self._open[connection.socket.fileno()]
        with contextlib.suppress(ValueError):
            self._idle[connection.port].remove(connection)
        self._epoll.unregister(connection.socket.fileno())
        connection.socket.close()
