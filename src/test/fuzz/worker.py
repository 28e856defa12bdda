"""What is to hold of the worker's HTTP for any bytes: targets for a fuzzer, and for what it found.

    python worker.py TARGET [atheris' options] CORPUS...   fuzz it; needs atheris
    python worker.py --keep TARGET FOUND KEPT              add what of FOUND takes new ways to KEPT

Each function of TARGETS takes bytes, and raises what is no answer of the parser's where a rule is
broken. tests replay corpus/ with them without a fuzzer.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "..", "..", "..", "gateway-image", "src", "main", "python")


class Wire:
    """A socket that brings some bytes in pieces of at most `most`, and then the end."""

    def __init__(self, data, most):
        self._data = data
        self._most = most
        self.sent = b""

    def recv(self, size, flags=0):
        size = min(size, self._most)
        block, self._data = self._data[:size], self._data[size:]
        return block

    def sendall(self, data):
        self.sent += bytes(data)

    def sendmsg(self, pieces):
        self.sendall(b"".join(pieces))
        return sum(map(len, pieces))


def head(data):
    """A request's head is read alike with and without what is remembered of others, or refused."""
    first, again = _parsed(data, forget=True), _parsed(data, forget=False)
    assert first == again, (first, again)
    if first is None:
        return
    environ, (script, callable_), length, expects = first
    assert -1 <= length < 10**18 and (length or not expects)
    texts = [value for value in environ.values() if isinstance(value, str)]
    # A path may hold any character; nothing else of a request may hold the end of a line.
    for key in ("PATH_INFO", "SCRIPT_NAME", "mod_wsgi.path_info"):
        texts.remove(environ[key])
    for text in [*environ, *texts, script, callable_]:
        assert not set(text) & set("\r\n\0"), text
    assert "CONTENT_LENGTH" not in environ or b"CONTENT_LENGTH" in data
    assert not {"Content-Length", "Transfer-Encoding", "Expect"} & set(environ)


def _parsed(data, forget):
    if forget:
        http1._blocks.clear()
        http1._names.clear()
    try:
        environ, *rest = http1.parse_head(data, {"wsgi.version": (1, 0)})
    except http1.NotCanonical:
        return None
    assert environ.pop("mod_wsgi.daemon_start") > 0
    for key in ("mod_wsgi.request_start", "mod_wsgi.queue_start", "mod_wsgi.queue_time"):
        if key in environ:
            environ[key] = repr(environ[key])  # NaN is not equal to itself
    return environ, *rest


def chunks(data):
    """A chunked body is the same however it comes, or is an error; nothing follows its end."""
    _alike(lambda wire, buffer: http1.ChunkedBody(wire, buffer, False), data)


def length(data):
    """A body of known length: likewise. The first byte is the length, in tens."""
    if data:
        expected = 10 * data[0]
        body = _alike(
            lambda wire, buffer: http1.LengthBody(wire, buffer, expected, False), data[1:]
        )
        assert body is None or body == data[1 : 1 + expected]


def _alike(source, data):
    whole, *others = [
        _body(source(Wire(data[kept:], most), data[:kept]), size)
        for most, size, kept in ((len(data) + 1, 65536, 0), (1, 7, 0), (3, 1, len(data) // 2))
    ]
    assert all(other == whole for other in others), (whole, others)
    return whole


def _body(source, size):
    blocks = []
    try:
        while block := source.read(size):
            assert len(block) <= size
            blocks.append(bytes(block))
    except OSError:
        return None
    assert source.read(size) == b"" and source.drain() in (True, False)
    return b"".join(blocks)


def door(data):
    """A first request, by which connections begin, is one of exactly its lines or refused."""
    try:
        request = reception._Request(data)
    except reception.Refused as refusal:
        assert refusal.status == 400
        return
    assert len(request.fields) == data.count(b"\r\n")
    assert " " not in request.method + request.target
    for name in request.fields:
        assert name and name == name.strip().lower() and ":" not in name, name


def answer(data):
    """Whatever an application gives for status and headers is those lines on the wire, or refused.

    The lines of `data` are the status, then names and values by turns.
    """
    status, *rest = data.decode("latin-1").split("\n")
    headers = list(zip(rest[::2], rest[1::2]))
    try:
        code = grammar.status_code(status)
        checked, expected = grammar.response_headers(headers)
    except (TypeError, ValueError, AssertionError):
        return
    assert 200 <= code <= 999 and checked == headers and expected >= -1
    wire = Wire(b"", 1)
    sink = http1.Answer(wire)
    sink.start(status, checked)
    sink.write(b"x" * max(expected, 1) if expected < 100 else b"x")
    sink.end()
    top, _, body = wire.sent.partition(b"\r\n\r\n")
    line, *fields = top.decode("latin-1").split("\r\n")
    assert line.split(" ")[:2] == ["HTTP/1.1", f"{code}"], line
    framing = [] if expected >= 0 else [("Transfer-Encoding", "chunked")]
    assert [tuple(field.split(": ", 1)) for field in fields] == headers + framing, top
    assert not set("".join(fields)) & set("\r\n\0")
    assert expected >= 0 or body == b"1\r\nx\r\n0\r\n\r\n", body


def load():
    """Imports what is tested, late: under a fuzzer, which watches where that goes."""
    global grammar, http1, reception  # noqa: PLW0603
    sys.path.insert(0, SOURCES)
    from kubewsgi import grammar, http1, reception


TARGETS = {"head": head, "chunks": chunks, "length": length, "door": door, "answer": answer}


def keep(target, found, kept):
    """Copies the inputs that go from a line to another as none of those that are kept does.

    libFuzzer's own merge starts its program again, which a script is not.
    """
    known = set()
    for directory in (kept, found):
        files = [entry.path for entry in os.scandir(directory)]
        for path in sorted(files, key=lambda path: (os.path.getsize(path), path)):
            with open(path, "rb") as file:
                data = file.read()
            steps = _steps(target, data)
            if directory == found and not steps <= known:
                with open(os.path.join(kept, os.path.basename(path)), "wb") as file:
                    file.write(data)
            known |= steps


def _steps(target, data):
    """Which line of the worker's code follows which."""
    steps = set()

    def trace(frame, event, _):
        if "kubewsgi" not in frame.f_code.co_filename:
            return None
        last = None

        def line(frame, event, _):
            nonlocal last
            step = (frame.f_code.co_filename, last, frame.f_lineno)
            last = frame.f_lineno
            steps.add(step)
            return line

        return line(frame, event, None)

    http1._blocks.clear()
    http1._names.clear()
    grammar._statuses.clear()
    grammar._names.clear()
    sys.settrace(trace)
    try:
        target(data)
    finally:
        sys.settrace(None)
    return steps


def main(arguments):
    if arguments[1] == "--keep":
        load()
        keep(TARGETS[arguments[2]], *arguments[3:])
        return
    import atheris

    with atheris.instrument_imports(include=["kubewsgi"]):
        load()
    target = TARGETS[arguments[1]]
    atheris.Setup([arguments[0], *arguments[2:]], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
