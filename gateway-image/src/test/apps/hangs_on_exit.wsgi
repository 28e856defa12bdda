"""Never ends by itself: its exit handler waits for ever."""

import atexit
import threading

atexit.register(threading.Event().wait)


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"still here\n"]
