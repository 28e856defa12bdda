"""One small WSGI application for each way to answer, by the first segment of the path.

`valid` ones keep to PEP 3333, so wsgiref.validate has to pass around them; `faulty` ones break it,
and what the client sees of that is what is tested.
"""

import io
import json
import sys
import time

VALID = {}
FAULTY = {}
_closed = []


def valid(function):
    VALID[function.__name__] = function
    return function


def faulty(function):
    FAULTY[function.__name__] = function
    return function


def application(environ, start_response):
    name = environ["PATH_INFO"].lstrip("/").partition("/")[0]
    return (VALID.get(name) or FAULTY.get(name) or unknown)(environ, start_response)


def text(start_response, body, status="200 OK", extra=()):
    body = body if isinstance(body, bytes) else body.encode()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), *extra]
    start_response(status, headers)
    return [body]


def unknown(environ, start_response):
    return text(start_response, "no such behaviour", "404 Not Found")


# --- environ and input ---------------------------------------------------------------------------


@valid
def environ(environ, start_response):
    shown = {
        key: value if isinstance(value, str) else f"{type(value).__name__} {value!r}"
        for key, value in environ.items()
        if not callable(value) and not hasattr(value, "read") and not hasattr(value, "write")
    }
    return text(start_response, json.dumps(shown, sort_keys=True, indent=0))


@valid
def read_at_once(environ, start_response):
    return text(start_response, environ["wsgi.input"].read(1 << 30))


@valid
def read_in_pieces(environ, start_response):
    pieces = iter(lambda: environ["wsgi.input"].read(7), b"")
    return text(start_response, b"|".join(pieces))


@valid
def read_lines(environ, start_response):
    lines = list(iter(environ["wsgi.input"].readline, b""))
    return text(start_response, repr(lines))


@valid
def read_by_iteration(environ, start_response):
    return text(start_response, repr(list(environ["wsgi.input"])))


@valid
def read_all_lines(environ, start_response):
    return text(start_response, repr(environ["wsgi.input"].readlines()))


@valid
def read_past_the_end(environ, start_response):
    source = environ["wsgi.input"]
    source.read(1 << 20)
    return text(start_response, repr((source.read(1), source.readline(), list(source))))


@valid
def leave_unread(environ, start_response):
    return text(start_response, "not read")


@valid
def read_lazily(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return iter(lambda: environ["wsgi.input"].read(4096), b"")


@valid
def log(environ, start_response):
    environ["wsgi.errors"].write("a line for the log\n")
    environ["wsgi.errors"].writelines(["one more\n", "and another\n"])
    environ["wsgi.errors"].flush()
    return text(start_response, "logged")


# --- answers -------------------------------------------------------------------------------------


@valid
def plain(environ, start_response):
    return text(start_response, "plain")


@valid
def empty(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return []


@valid
def no_content(environ, start_response):
    start_response("204 No Content", [("X-Mark", "one")])
    return []


@valid
def not_modified(environ, start_response):
    start_response("304 Not Modified", [("ETag", '"one"')])
    return []


@valid
def own_reason(environ, start_response):
    return text(start_response, "tea", "418 Short and stout")


@valid
def cookies(environ, start_response):
    extra = [
        ("Set-Cookie", "a=1; Path=/"),
        ("Set-Cookie", "b=2"),
        ("X-Twice", "1"),
        ("X-Twice", "2"),
    ]
    return text(start_response, "cookies", extra=extra)


@valid
def latin1_header(environ, start_response):
    return text(start_response, "header", extra=[("X-Name", "caf\xe9")])


@valid
def generator(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    for number in range(3):
        yield b"block %d\n" % number


@valid
def empty_blocks(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"", b"one", b"", b"two", b""]


@valid
def late_start(environ, start_response):
    def blocks():
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"started in the first next()"

    return blocks()


@valid
def large(environ, start_response):
    block = b"0123456789abcdef" * 4096
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [block] * 32


@valid
def write(environ, start_response):
    send = start_response("200 OK", [("Content-Type", "text/plain")])
    send(b"written, ")
    return [b"returned"]


@valid
def replaced_by_exc_info(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-First", "1")])
    try:
        raise ValueError("before anything was sent")
    except ValueError:
        start_response("503 Replaced", [("Content-Type", "text/plain")], sys.exc_info())
    return [b"the second answer"]


class Closing:
    """An iterable that notes when it was closed."""

    def __init__(self, blocks):
        self._blocks = iter(blocks)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._blocks)

    def close(self):
        _closed.append(time.monotonic())


@valid
def closing(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return Closing([b"closing"])


@valid
def closed(environ, start_response):
    return text(start_response, str(len(_closed)))


@valid
def file(environ, start_response):
    body = io.BytesIO(b"from a file\n" * 1000)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "12000")])
    return environ["wsgi.file_wrapper"](body, 512)


# --- faults --------------------------------------------------------------------------------------


@faulty
def raises(environ, start_response):
    raise RuntimeError("a secret of the application")


@faulty
def raises_after_start(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    raise RuntimeError("a secret of the application")


@faulty
def raises_in_the_middle(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"x" * 100_000
    raise RuntimeError("a secret of the application")


@faulty
def raises_in_close(environ, start_response):
    class Bad(Closing):
        def close(self):
            raise RuntimeError("a secret of the application")

    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return Bad([b"done"])


@faulty
def exc_info_in_the_middle(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"x" * 100_000
    try:
        raise ValueError("a secret of the application")
    except ValueError:
        start_response("500 Too late", [("Content-Type", "text/plain")], sys.exc_info())
    yield b"never"


@faulty
def exits(environ, start_response):
    sys.exit("a secret of the application")


@faulty
def interrupts(environ, start_response):
    raise KeyboardInterrupt


@faulty
def never_starts(environ, start_response):
    return [b"no start_response"]


@faulty
def returns_none(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])


@faulty
def yields_text(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["text"]


@faulty
def starts_twice(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"twice"]


@faulty
def status_without_number(environ, start_response):
    return text(start_response, "bad", "OK")


@faulty
def status_of_bytes(environ, start_response):
    return text(start_response, "bad", b"200 OK")


@faulty
def status_below_100(environ, start_response):
    return text(start_response, "bad", "099 Low")


@faulty
def header_splitting(environ, start_response):
    return text(start_response, "bad", extra=[("X-Split", "a\r\nSet-Cookie: evil=1")])


@faulty
def header_name_with_space(environ, start_response):
    return text(start_response, "bad", extra=[("X Name", "a")])


@faulty
def header_not_text(environ, start_response):
    return text(start_response, "bad", extra=[("X-Number", 1)])


@faulty
def header_beyond_latin1(environ, start_response):
    return text(start_response, "bad", extra=[("X-Snow", "\u2603")])


@faulty
def length_not_a_number(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "many")])
    return [b"bad"]


@faulty
def body_too_short(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "100")])
    return [b"short"]


@faulty
def body_too_long(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"longer than that"]


@faulty
def body_with_204(environ, start_response):
    start_response("204 No Content", [])
    return [b"unwanted"]
