"""One small WSGI application for each way to answer, by the first segment of the path.

`valid` ones keep to PEP 3333, so wsgiref.validate has to pass around them; `faulty` ones break it,
and what the client sees of that is what is tested.
"""

import io
import json
import sys
import tempfile
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
def read_sized(environ, start_response):
    source = environ["wsgi.input"]
    parts = (source.read(0), source.readline(2), source.readline(99), source.readlines(1))
    return text(start_response, repr((*parts, source.read(2), source.read(99), source.read(1))))


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


@valid
def tuple_of_blocks(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return (b"one ", b"two")


@valid
def one_block(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"its length is known"]


class Sized:
    """An iterable that is no list and says that it has one block."""

    def __len__(self):
        return 1

    def __iter__(self):
        return iter([b"the only block"])


@valid
def sized(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return Sized()


@valid
def status_999(environ, start_response):
    return text(start_response, "odd", "999 Odd")


@valid
def not_modified_with_length(environ, start_response):
    start_response("304 Not Modified", [("ETag", '"one"'), ("Content-Length", "1000")])
    return []


@faulty
def names_that_wsgiref_does_not_know(environ, start_response):
    return text(start_response, "names", extra=[("X-!#$%&'*+.^`|~9", "1"), ("x-lower", "")])


@valid
def large_header(environ, start_response):
    return text(start_response, "large", extra=[("X-Large", "v" * 20_000)])


@valid
def environ_changed(environ, start_response):
    environ["SCRIPT_NAME"] = "/other"
    environ["mine"] = object()
    del environ["PATH_INFO"]
    return text(start_response, "changed")


def real_file(blocks=b"0123456789" * 1000):
    file = tempfile.TemporaryFile()  # noqa: SIM115 the server closes it
    file.write(blocks)
    file.seek(0)
    return file


def sent(environ, start_response, file, *headers):
    start_response("200 OK", [("Content-Type", "text/plain"), *headers])
    return environ["wsgi.file_wrapper"](file)


@valid
def real(environ, start_response):
    return sent(environ, start_response, real_file())


@valid
def real_from_its_middle(environ, start_response):
    file = real_file()
    file.seek(9000)
    return sent(environ, start_response, file)


@valid
def real_range(environ, start_response):
    file = real_file()
    file.seek(5)
    return sent(environ, start_response, file, ("Content-Length", "10"))


@valid
def real_large(environ, start_response):
    return sent(environ, start_response, real_file(b"0123456789abcdef" * 65536))


@valid
def real_empty(environ, start_response):
    return sent(environ, start_response, real_file(b""))


class Reads:
    """A file that can only be read: no close, no descriptor, fewer bytes than were asked for."""

    def __init__(self):
        self._blocks = iter([b"one ", b"two ", b"three"])

    def read(self, size):
        return next(self._blocks, b"")


@valid
def file_that_only_reads(environ, start_response):
    return sent(environ, start_response, Reads())


class ClosingFile(io.BytesIO):
    """A file that notes when it was closed."""

    def close(self):
        _closed.append(time.monotonic())
        super().close()


@valid
def closing_file(environ, start_response):
    return sent(environ, start_response, ClosingFile(b"a file"))


@valid
def closing_unsent(environ, start_response):
    start_response("204 No Content", [])
    return Closing([])


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


# In each of these only what is answered differs: (status, headers, body), as it was given.
ODD = {
    "status_of_a_number": (200, [], []),
    "status_without_space": ("200OK", [], []),
    "status_with_newline": ("200 OK\nX: y", [], []),
    "status_beyond_latin1": ("200 \u2603", [], []),
    "status_informational": ("103 Early Hints", [], []),
    "headers_of_a_tuple": ("200 OK", (("X-A", "1"),), []),
    "headers_of_a_dict": ("200 OK", {"X-A": "1"}, []),
    "header_of_a_list": ("200 OK", [["X-A", "1"]], []),
    "header_of_three": ("200 OK", [("X-A", "1", "2")], []),
    "header_name_of_bytes": ("200 OK", [(b"X-A", "1")], []),
    "header_value_of_bytes": ("200 OK", [("X-A", b"1")], []),
    "header_name_empty": ("200 OK", [("", "1")], []),
    "header_name_with_colon": ("200 OK", [("X-A:", "1")], []),
    "header_with_tab": ("200 OK", [("X-A", "1\t2")], []),
    "header_with_nul": ("200 OK", [("X-A", "1\0")], []),
    "hop_by_hop_connection": ("200 OK", [("Connection", "close")], []),
    "hop_by_hop_transfer": ("200 OK", [("transfer-encoding", "chunked")], []),
    "hop_by_hop_upgrade": ("200 OK", [("Upgrade", "h2c")], []),
    "length_twice": ("200 OK", [("Content-Length", "1"), ("content-length", "1")], [b"a"]),
    "length_negative": ("200 OK", [("Content-Length", "-1")], []),
    "length_with_plus": ("200 OK", [("Content-Length", "+1")], [b"a"]),
    "returns_text": ("200 OK", [], "text"),
    "returns_bytes": ("200 OK", [], b"bytes"),
    "returns_a_number": ("200 OK", [], 7),
    "returns_bytearrays": ("200 OK", [], [bytearray(b"a")]),
    "returns_memoryviews": ("200 OK", [], [memoryview(b"a")]),
    "returns_text_later": ("200 OK", [], [b"a", "b"]),
}


def odd(name):
    def application(environ, start_response):
        status, headers, body = ODD[name]
        start_response(status, headers)
        return body

    FAULTY[name] = application


for name in ODD:
    odd(name)


@faulty
def raises_before_its_first_block(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    raise RuntimeError("a secret of the application")
    yield b"never"


@faulty
def raises_in_iter(environ, start_response):
    class Bad:
        def __iter__(self):
            raise RuntimeError("a secret of the application")

    start_response("200 OK", [("Content-Type", "text/plain")])
    return Bad()


@faulty
def raises_in_the_middle_and_closes(environ, start_response):
    def blocks():
        yield b"x" * 100_000
        raise RuntimeError("a secret of the application")

    start_response("200 OK", [("Content-Type", "text/plain")])
    return Closing(blocks())


@faulty
def raises_after_its_whole_length(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    yield b"done"
    raise RuntimeError("a secret of the application")


@faulty
def exits_in_the_middle(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"x" * 100_000
    sys.exit("a secret of the application")


@faulty
def yields_text_in_the_middle(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"x" * 100_000
    yield "text"


@faulty
def writes_and_raises(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])(b"written")
    raise RuntimeError("a secret of the application")


@faulty
def writes_text(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])("text")
    return []


@faulty
def writes_more_than_its_length(environ, start_response):
    send = start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    send(b"longer than that")
    return [b"and more"]


@faulty
def starts_after_an_empty_block(environ, start_response):
    yield b""
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"started late"


@faulty
def yields_before_it_starts(environ, start_response):
    yield b"too early"
    start_response("200 OK", [("Content-Type", "text/plain")])


@faulty
def starts_twice_with_no_exc_info(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    start_response("500 No", [("Content-Type", "text/plain")], "not a tuple")
    return []


@faulty
def first_start_with_exc_info(environ, start_response):
    start_response("503 First", [("Content-Type", "text/plain")], (None, None, None))
    return [b"as if without"]


@faulty
def reads_none(environ, start_response):
    return text(start_response, environ["wsgi.input"].read(None))


@faulty
def logs_bytes(environ, start_response):
    environ["wsgi.errors"].write(b"bytes")
    return text(start_response, "logged")


@faulty
def file_too_short(environ, start_response):
    return sent(environ, start_response, real_file(b"short"), ("Content-Length", "100"))


@faulty
def file_of_text(environ, start_response):
    return sent(environ, start_response, io.StringIO("text"))


@faulty
def file_that_cannot_be_read(environ, start_response):
    return sent(environ, start_response, object())


_kept = {}


@faulty
def keep(environ, start_response):
    write = start_response("200 OK", [])
    _kept.update(
        {
            "read": environ["wsgi.input"].read,
            "line": environ["wsgi.input"].readline,
            "errors": lambda: environ["wsgi.errors"].write("late\n"),
            "start": lambda: start_response("200 OK", []),
            "write": lambda: write(b"late"),
        }
    )
    return [b"kept"]


@faulty
def use_what_was_kept(environ, start_response):
    def outcome(use):
        try:
            return f"returned {use()!r}"
        except Exception as failure:
            return type(failure).__name__

    return text(start_response, " ".join(f"{name}:{outcome(use)}" for name, use in _kept.items()))
