"""Leaves a process without a parent and answers with its pid; or says whether that pid is there."""

import os
import subprocess

LEAVE = "sleep 0 >/dev/null 2>&1 & echo $!"


def application(environ, start_response):
    start_response("200 OK", [])
    asked = environ["QUERY_STRING"]
    if asked:
        return [str(os.path.exists(f"/proc/{asked}")).encode("ascii")]
    return [subprocess.check_output(["/bin/sh", "-c", LEAVE])]
