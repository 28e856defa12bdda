"""Cannot be imported while the file that FAIL_IF names is there."""

import os

if os.path.exists(os.environ.get("FAIL_IF", "")):
    raise RuntimeError("told to fail")


def application(environ, start_response):
    start_response("200 OK", [])
    return [b"imported"]
