"""Answers with the environment variables of its process and those of a child that it starts."""

import json
import os
import subprocess


def application(environ, start_response):
    child = subprocess.run(["env"], stdout=subprocess.PIPE, check=True).stdout.decode()
    body = json.dumps({"own": dict(os.environ), "child": child}, indent=1).encode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body]
