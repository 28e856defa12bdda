"""The requests that servers answer, and the bytes each answer must hold."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass

ECHO_BODY = b"0123456789" * 1024
HELLO_BODY = b"Hello, World!\n"
DJANGO_BODY = json.dumps(
    {
        "query": "bench",
        "items": [
            {"id": number, "name": f"item {number}", "url": f"/django/items/{number}/"}
            for number in range(10)
        ],
    }
).encode()
STREAM_BODY = b"".join(bytes([65 + number % 26]) * 1023 + b"\n" for number in range(64))


@dataclass(frozen=True)
class Workload:
    """One application and the request that measures it.

    `key` is the word of the command line and of the applications' mount point.
    """

    key: str
    title: str
    script: str
    path: str
    expected: bytes
    body: bytes | None = None
    status: int = 200

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    def fault_at(self, port: int, timeout: float = 5.0) -> str | None:
        """Send the request once to a loopback port; return what is wrong with the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        try:
            connection.request(self.method, self.path, body=self.body)
            answer = connection.getresponse()
            return self.fault_of(answer.status, answer.read())
        except (OSError, http.client.HTTPException) as error:
            return f"{type(error).__name__}: {error}"
        finally:
            connection.close()

    def fault_of(self, status: int, body: bytes) -> str | None:
        """Return what is wrong with an answer, or None when it is the expected one."""
        if status != self.status:
            return f"status {status} instead of {self.status}"
        if body != self.expected:
            return f"{len(body)} bytes {body[:40]!r} instead of {len(self.expected)} bytes"
        return None


HELLO = Workload("hello", "hello", "hello.wsgi", "/hello", HELLO_BODY)
ECHO = Workload("echo", "10 kB POST echo", "echo.wsgi", "/echo", ECHO_BODY, ECHO_BODY)
DJANGO = Workload(
    "django", "Django JSON view", "django_view.wsgi", "/django/items/?q=bench", DJANGO_BODY
)
STREAM = Workload("stream", "64 × 1 KiB stream", "stream.wsgi", "/stream", STREAM_BODY)
WORKLOADS = (HELLO, ECHO, DJANGO, STREAM)
