"""Takes too long, in the way that the path says."""

import time

FOREVER = 3600
LARGE = 3000000


def spin():
    end = time.monotonic() + FOREVER
    while time.monotonic() < end:
        pass


def swallow():
    while True:
        try:
            spin()
        except BaseException:
            pass


def application(environ, start_response):
    way = environ["PATH_INFO"]
    if way == "/quick":
        start_response("200 OK", [])
        return [b"quick"]
    if way == "/spin":
        spin()
    if way == "/sleep":
        time.sleep(FOREVER)
    if way == "/nap":
        time.sleep(float(environ["QUERY_STRING"]))
    if way == "/swallow":
        swallow()
    if way == "/body":
        environ["wsgi.input"].read()
    if way == "/large":
        start_response("200 OK", [("Content-Length", str(LARGE + 50))])
        return iter([b"x" * LARGE, b"y" * 50])
    if way == "/stream":
        return stream(start_response)
    start_response("200 OK", [])
    return [b"late"]


def stream(start_response):
    start_response("200 OK", [])
    yield b"begun\n"
    spin()
