"""Waits in the request until the file that the query names exists; says so in the first block."""

import os
import time


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"waiting\n"
    while not os.path.exists(environ["QUERY_STRING"]):
        time.sleep(0.005)
    yield b"released\n"
