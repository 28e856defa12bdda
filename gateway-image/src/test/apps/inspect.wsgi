"""Answers with the request as JSON: every environ entry JSON can hold, and the body."""

import json


def application(environ, start_response):
    plain = (str, int, float, bool, tuple)
    seen = {key: value for key, value in environ.items() if isinstance(value, plain)}
    answer = {"environ": seen, "body": environ["wsgi.input"].read().decode("latin-1")}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer, sort_keys=True).encode("ascii")]
