"""Answers with its process; takes too long in the way that the query says."""

import os
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def hold_the_gil():
    """As C code that computes for six seconds; then there is a file `held`."""
    import ctypes

    ctypes.PyDLL(None).usleep(6_000_000)
    open(os.path.join(HERE, "held"), "w").close()


def endless():
    yield b"begun"
    while True:
        pass


def application(environ, start_response):
    if environ["QUERY_STRING"] == "spin":
        while True:
            pass
    if environ["QUERY_STRING"] == "sleep":
        time.sleep(3600)
    if environ["QUERY_STRING"] == "hold":
        hold_the_gil()
    if environ["QUERY_STRING"] == "begin":
        start_response("200 OK", [])
        return endless()
    answer = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
