"""Sleeps for as many microseconds as the query says; answers when it began and ended, and where.

time.monotonic() is one clock for all processes of a machine, so the client can compare with its
own. A thread is named as kube-wsgi counts it, since there one may have requests of several. The last
word is when the gateway queued the request, by its own clock; 0 from other servers.
"""

import os
import threading
import time


def application(environ, start_response):
    start = time.monotonic()
    time.sleep(int(environ["QUERY_STRING"]) / 1_000_000)
    end = time.monotonic()
    thread = environ.get("mod_wsgi.thread_id", threading.get_ident())
    queued = environ.get("mod_wsgi.queue_start", 0.0)
    body = f"{start!r} {end!r} {os.getpid()}/{thread} {queued!r}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
