"""Raises: before the head, after it, or SystemExit, as the query says."""

import sys


def application(environ, start_response):
    if environ["QUERY_STRING"] == "exit":
        sys.exit(3)
    if environ["QUERY_STRING"] != "late":
        raise RuntimeError("raised on purpose")
    return _late(start_response)


def _late(start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"begun\n"
    raise RuntimeError("raised on purpose, late")
