"""Uses a processor for as many seconds as the query says."""

import time


def application(environ, start_response):
    end = time.thread_time() + float(environ["QUERY_STRING"])
    while time.thread_time() < end:
        pass
    start_response("200 OK", [])
    return [b"done"]
