"""Says which process runs it, as whom, and what it was started with."""

import json
import os
import sys
import threading


def application(environ, start_response):
    answer = {
        "pid": os.getpid(),
        "uid": os.getuid(),
        "gid": os.getgid(),
        "groups": os.getgroups(),
        "cwd": os.getcwd(),
        "env": dict(os.environ),
        "path": sys.path,
        "thread": threading.get_ident(),
        "multithread": environ["wsgi.multithread"],
        "multiprocess": environ["wsgi.multiprocess"],
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode("ascii")]
