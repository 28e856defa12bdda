"""Keeps as many MiB as the query says, besides what it has, and says how often it was called."""

import threading

kept = []
calls = [0]
lock = threading.Lock()


def application(environ, start_response):
    with lock:
        calls[0] += 1
        kept.append(b"x" * (int(environ["QUERY_STRING"] or 0) << 20))
    start_response("200 OK", [])
    return [str(calls[0]).encode("ascii")]
