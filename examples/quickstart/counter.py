"""Counts the requests that its process has answered: each process has a count of its own."""

import os
import threading

_lock = threading.Lock()
_count = 0


def application(environ, start_response):
    global _count  # noqa: PLW0603 - the point of this page: a process keeps its globals
    with _lock:  # 15 threads share them
        _count += 1
        count = _count
    group = environ.get("mod_wsgi.process_group") or "the gateway itself"
    body = f"request {count} of process {os.getpid()} in {group}\n".encode()
    start_response(
        "200 OK",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
