"""A script from before threads: it collects each page in one module-wide list.

Two requests at once in one process would mix their lines. `threads: 1` gives each process one
request at a time, and `processes` decides how many run side by side.
"""

import time

_lines = []


def say(text):
    _lines.append(text)


def application(environ, start_response):
    _lines.clear()
    say("Report")
    say(f"wsgi.multithread: {environ['wsgi.multithread']}")
    time.sleep(0.05)  # another thread would have its turn here
    say(f"wsgi.multiprocess: {environ['wsgi.multiprocess']}")
    body = "".join(f"{line}\n" for line in _lines).encode()
    start_response(
        "200 OK",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
