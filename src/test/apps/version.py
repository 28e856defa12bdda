"""Answers with a text that tests edit."""

TEXT = b"version one"


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(TEXT)))])
    return [TEXT]
