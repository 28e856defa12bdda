"""Answers with its process; takes too long in the way that the query says."""

import os
import time


def application(environ, start_response):
    if environ["QUERY_STRING"] == "spin":
        while True:
            pass
    if environ["QUERY_STRING"] == "sleep":
        time.sleep(3600)
    answer = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
