"""Says what had been imported before it was."""

import sys

imported = [*getattr(sys, "imported_early", [])]


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["\n".join(imported).encode("ascii")]
