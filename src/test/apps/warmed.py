"""Says what had been preloaded when it was imported."""

import sys

preloaded = ",".join(getattr(sys, "warmed", ["nothing"]))


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [preloaded.encode("ascii")]
