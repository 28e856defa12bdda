"""Creates the file `waiting` beside itself when it is called, and answers once `open` is there."""

import os
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def application(environ, start_response):
    with open(os.path.join(HERE, "waiting"), "a", encoding="ascii") as waiting:
        waiting.write("x")
    while not os.path.exists(os.path.join(HERE, "open")):
        time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"through the gate\n"]
