"""An API server over HTTP, as far as a benchmark needs it."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..errors import BenchError

GROUP = "/apis/kubewsgi.dev/v1alpha1"
MERGE = "application/merge-patch+json"
_ANSWER_SECONDS = 60


class Api:
    """The API server of a kubeconfig of the tests' control plane; a connection for each thread."""

    def __init__(self, kubeconfig: Path):
        content = json.loads(kubeconfig.read_text())
        cluster = content["clusters"][0]["cluster"]
        self.server = cluster["server"]
        self.authority = cluster["certificate-authority-data"]
        self._token = content["users"][0]["user"]["token"]
        self._trusted = ssl.create_default_context(cadata=base64.b64decode(self.authority).decode())
        self._connections = threading.local()

    def get(self, path: str, **query: str) -> Any:
        return self._ask("GET", _with(path, query))

    def create(self, path: str, body: Any) -> Any:
        return self._ask("POST", path, body)

    def patch(self, path: str, body: Any) -> Any:
        """Merge a change into an object (RFC 7386)."""
        return self._ask("PATCH", path, body, MERGE)

    def delete(self, path: str) -> Any:
        return self._ask("DELETE", path)

    def watch(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Events from now on, until the generator is closed."""
        connection = self._connect()
        try:
            connection.request("GET", _with(path, {"watch": "true", **query}), headers=self._who())
            for line in connection.getresponse():
                yield json.loads(line)
        finally:
            connection.close()

    def _ask(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        connection = getattr(self._connections, "one", None)
        if connection is None:
            connection = self._connections.one = self._connect()
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {**self._who(), "Content-Type": kind})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise BenchError(f"{method} {path}: {answer.status} {content[:500].decode()}")
        return json.loads(content)

    def _connect(self) -> http.client.HTTPSConnection:
        where = urlsplit(self.server)
        return http.client.HTTPSConnection(
            where.hostname, where.port, timeout=_ANSWER_SECONDS, context=self._trusted
        )

    def _who(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


def _with(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
