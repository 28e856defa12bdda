"""Answers with the Python that runs it."""

import sys


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d.%d" % sys.version_info[:2]]
