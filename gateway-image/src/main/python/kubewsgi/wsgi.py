"""One WSGI request, from environ to the last byte of the answer (PEP 3333), in both modes.

A mode hands `run` an application, its environ, a `source` for the request's body and a `sink` for
an answer that cannot be given in one piece:

    source.read(n) -> bytes    1 to n bytes, blocks; b"" at the end; OSError once the client left
    sink.start(status, headers)    the head; Content-Length is in it if the length is known
    sink.write(block)              at once; blocks on back-pressure; OSError once the client left
    sink.end()                     the body is complete

Nothing here touches a signal, a socket or a process: the same file runs in a sub-interpreter.
"""

import io
import os
from _thread import allocate_lock
from operator import index
from time import time

from kubewsgi import errors, grammar

# The mod_wsgi whose behaviour this follows; applications compare it to tell what they may expect.
MOD_WSGI_VERSION = (6, 0, 5)

# Small enough to be copied without being noticed, large enough for most templates' pieces.
_JOIN_LIMIT = 65536
_FILE_BLOCK = 65536
_LINE_BLOCK = 8192
# A line longer than this goes out in pieces: wsgi.errors must not become a place to hoard memory.
_LONGEST_LINE = 65536

# Says to the gateway that an answer is not the application's; it goes no further.
FAILED = "KubeWsgi-Failed"

_lines = allocate_lock()


def base_environ(*, multithread, multiprocess, process_group, application_group):
    """The environ entries that are the same for every request of an interpreter.

    `process_group` is "" in embedded mode; `application_group` is "" in the main interpreter.
    """
    return {
        "wsgi.version": (1, 0),
        "wsgi.multithread": bool(multithread),
        "wsgi.multiprocess": bool(multiprocess),
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
        "mod_wsgi.version": MOD_WSGI_VERSION,
        "mod_wsgi.process_group": process_group,
        "mod_wsgi.application_group": application_group,
    }


def run(application, environ, source, sink, length):
    """Serve one request; returns `(status, headers, body)`, or None if it went through `sink`.

    `environ` holds everything but wsgi.input; its wsgi.errors is an ErrorLog. `length` is the
    request's declared body length, -1 if unknown. A returned answer carries Content-Length unless
    it has no body by its nature (HEAD, 204, 304). Raises ResponseAborted, and nothing else, when
    the answer cannot be completed: the connection must then be broken.
    """
    body = Input(source, length)
    log = environ["wsgi.errors"]
    exchange = _Exchange(sink, log, environ["REQUEST_METHOD"] == "HEAD")
    environ["wsgi.input"] = body
    environ["mod_wsgi.application_start"] = time()
    try:
        result = application(environ, exchange.start_response)
        kind = type(result)
        if (kind is list or kind is tuple) and not exchange.begun:
            return exchange.answer_sequence(result)
        return exchange.answer_iterable(result)
    except errors.ResponseAborted:
        raise
    except BaseException as failure:  # SystemExit too: an application may not end its server
        return exchange.answer_failure(failure, body)
    finally:
        body._source = None
        exchange.ended = True
        log.end()


class _Exchange:
    """The answer of one request: what start_response said and how much has been sent."""

    __slots__ = (
        "sink",
        "log",
        "is_head",
        "status",
        "headers",
        "length",
        "bodiless",
        "begun",
        "sent",
        "lost",
        "ended",
    )

    def __init__(self, sink, log, is_head):
        self.sink = sink
        self.log = log
        self.is_head = is_head
        self.status = None
        self.begun = False  # the head has been handed to the sink
        self.lost = None  # the OSError by which the client's leaving was noticed
        self.ended = False

    # What the application calls

    def start_response(self, status, headers, exc_info=None):
        """PEP 3333 start_response: keeps the head until the first non-empty block."""
        if self.ended:
            raise RuntimeError("start_response was called after the end of its request")
        if exc_info is not None:
            self._check_replaceable(exc_info)
        elif self.status is not None:
            raise AssertionError(
                "start_response was called twice; a second call must pass exc_info (PEP 3333)"
            )
        code = grammar.status_code(status)
        self.headers, self.length = grammar.response_headers(headers)
        self.bodiless = self.is_head or code == 204 or code == 304
        if code == 204 and self.length >= 0:
            self._drop_length()
        self.status = status
        return self.write

    def write(self, block):
        """PEP 3333 write(): sends a block at once."""
        if self.ended:
            raise RuntimeError("write was called after the end of its request")
        if self.lost is not None:
            raise self.lost
        self._send(block, "write() was given")

    def _check_replaceable(self, exc_info):
        if not isinstance(exc_info, tuple) or len(exc_info) != 3:
            raise TypeError("exc_info must be the tuple sys.exc_info() returns")
        try:
            if self.begun and isinstance(exc_info[1], BaseException):
                raise exc_info[1].with_traceback(exc_info[2])
            if self.begun:
                raise AssertionError("start_response was called after the answer had begun")
        finally:
            exc_info = None  # the traceback holds this frame: break the cycle

    def _drop_length(self):
        # RFC 9110 section 8.6: no Content-Length in a 204.
        self.headers = [item for item in self.headers if item[0].lower() != "content-length"]
        self.length = -1

    # How an answer goes out

    def answer_sequence(self, blocks):
        """The answer of a list or tuple, whose pieces are all there: one piece if it is small."""
        if len(blocks) == 1:
            block = blocks[0]
            if type(block) is not bytes:
                _check_block(block, "the application's list holds")
        else:
            size = 0
            for block in blocks:
                _check_block(block, "the application's list holds")
                size += len(block)
            if size > _JOIN_LIMIT and not self.is_head:
                return self._answer_large(blocks, size)
            block = b"".join(blocks)
        return self._answer_whole(block, True)

    def answer_iterable(self, blocks):
        """The answer of anything else: each non-empty block goes out at once, then close()."""
        try:
            if type(blocks) is FileWrapper:
                more = self._send_file(blocks)
            else:
                more = self._send_all(blocks)
        finally:
            self._close(blocks)
        if self.lost is not None:
            raise errors.ResponseAborted(errors.CLIENT_LEFT, "the client left")
        if not self.begun:
            return self._answer_whole(b"", not more)
        if self.length > self.sent:
            self._abort_short()
        try:
            self.sink.end()
        except OSError as failure:
            self._leave(failure)
        return None

    def answer_failure(self, failure, body):
        """The answer when the application raised: 500, or an abort once the head is out."""
        if failure is self.lost or failure is body.failure:
            self.log.report(f"{errors.CLIENT_LEFT}: the client left before the request was done")
            raise errors.ResponseAborted(errors.CLIENT_LEFT, "the client left") from None
        if isinstance(failure, errors.TimedOut):
            return self.answer_timeout()
        if self.begun:
            code, what = errors.RAISED_AFTER_HEAD, "the answer had begun: connection aborted"
        else:
            code, what = errors.APPLICATION_RAISED, "answered with 500"
        self.log.report(
            f"{code}: the application raised {_name(failure)}; {what}\n" + format_traceback(failure)
        )
        if self.begun:
            raise errors.ResponseAborted(code, what) from None
        text = "the application failed to answer this request; its log tells why."
        status = "500 Internal Server Error"
        return _error_answer(status, code, text, self.log.request_id, self.is_head)

    def answer_timeout(self):
        """The answer when the request was interrupted, which has been logged."""
        if self.begun and self.sent == self.length:
            return None  # the client has all of it
        if self.begun:
            raise errors.ResponseAborted(errors.TIMED_OUT, "interrupted in its answer") from None
        return timeout_answer(self.log.request_id, self.is_head)

    def _answer_large(self, blocks, size):
        if self.status is not None and self.length < 0 and not self.bodiless:
            self.length = size
            self.headers.append(("Content-Length", str(size)))
        return self.answer_iterable(blocks)

    def _send_all(self, blocks):
        """Sends blocks until they end (False) or need not be asked for any more (True)."""
        try:
            iterator = iter(blocks)
        except TypeError:
            raise TypeError(
                f"the application returned {_type(blocks)}, not an iterable of bytes"
            ) from None
        for block in iterator:
            if self._send(block, "the application's iterable gave"):
                return True
        return False

    def _send_file(self, wrapper):
        if self.status is not None and self.length < 0 and not self.begun:
            size = wrapper.remaining()
            if size >= 0 and (not self.bodiless or self.is_head):
                self.length = size
                self.headers.append(("Content-Length", str(size)))
        if self.status is not None and self.bodiless:
            return True
        wanted = self.length if self.status is not None else -1
        while wanted:
            # Reads no further than the answer: a file is longer than its part by design.
            size = _FILE_BLOCK if wanted < 0 else min(wanted, _FILE_BLOCK)
            block = wrapper.file.read(size)
            if not block:
                break
            self._send(block, "the file of wsgi.file_wrapper gave")
            wanted = max(wanted - len(block), 0) if wanted > 0 else wanted
        return False

    def _send(self, block, giver):
        """Sends one block; True if nothing after it will be sent."""
        if type(block) is not bytes:
            _check_block(block, giver)
        if not block:
            return False
        if self.status is None:
            raise AssertionError("start_response must be called before the first block (PEP 3333)")
        if self.bodiless:
            return self._drop_body()
        try:
            if not self.begun:
                self.sent = 0
                self.begun = True
                self.sink.start(self.status, self.headers)
            if self.length >= 0 and self.sent + len(block) > self.length:
                block = self._cut(block, self.length - self.sent)
                if block:
                    self.sent += len(block)
                    self.sink.write(block)
                return True
            self.sent += len(block)
            self.sink.write(block)
        except OSError as failure:
            self.lost = failure
            raise
        return False

    def _answer_whole(self, block, complete):
        """The tuple for an answer of which nothing has been sent; `complete`: block is all."""
        if self.status is None:
            raise AssertionError("the application returned without calling start_response")
        headers, length = self.headers, self.length
        if self.bodiless:
            if block and not self.is_head:
                self._drop_body()
            if self.is_head and length < 0 and complete and not self._forbids_length():
                headers.append(("Content-Length", str(len(block))))
            return self.status, headers, b""
        if length < 0:
            headers.append(("Content-Length", str(len(block))))
        elif length != len(block):
            if length > len(block):
                self._begin_short(block)
            block = self._cut(block, length)
        return self.status, headers, block

    def _forbids_length(self):
        return self.status[:3] in ("204", "304")

    def _drop_body(self):
        if not self.is_head:
            self.log.report(
                f"{errors.BODY_UNWANTED}: a body was given with status {self.status}, "
                "which has none; it was dropped"
            )
        return True

    def _cut(self, block, length):
        self.log.report(
            f"{errors.BODY_LONG}: the body is longer than its Content-Length of {self.length}; "
            "the rest was dropped"
        )
        return block[:length]

    def _begin_short(self, block):
        """Sends a whole but short answer as far as it goes, so that the client sees it break."""
        self.sent = len(block)
        self.begun = True
        try:
            self.sink.start(self.status, self.headers)
            if block:
                self.sink.write(block)
        except OSError as failure:
            self._leave(failure)
        self._abort_short()

    def _abort_short(self):
        what = f"the body ended after {self.sent} of the {self.length} bytes of its Content-Length"
        self.log.report(f"{errors.BODY_SHORT}: {what}; connection aborted")
        raise errors.ResponseAborted(errors.BODY_SHORT, what)

    def _leave(self, failure):
        self.lost = failure
        self.log.report(f"{errors.CLIENT_LEFT}: the client left before the request was done")
        raise errors.ResponseAborted(errors.CLIENT_LEFT, "the client left") from None

    def _close(self, blocks):
        """Calls close() of an answer's iterable; its failure spoils nothing but the log."""
        try:
            close = getattr(blocks, "close", None)
            if close is not None:
                close()
        except errors.TimedOut:
            raise
        except BaseException as failure:
            self.log.report(
                f"{errors.CLOSE_RAISED}: close() of the answer raised {_name(failure)}\n"
                + format_traceback(failure)
            )


class Input:
    """wsgi.input: a request's body. Errors are OSError; after the request it is RuntimeError."""

    __slots__ = ("_source", "_buffer", "_missing", "failure")

    def __init__(self, source, length):
        self._source = source
        self._buffer = b""  # read from the source by readline, not yet asked for
        self._missing = length  # 0: at the end; -1: unknown
        self.failure = None

    def read(self, size=-1):
        """`size` bytes, fewer only at the end; everything up to the end if it is negative."""
        if type(size) is not int:
            size = index(size)
        self._check_open()
        block = self._take(size)
        if len(block) == size or not self._missing:
            return block
        pieces = [block] if block else []
        left = size - len(block) if size >= 0 else -1
        while left:
            block = self._receive(left if 0 <= left < _JOIN_LIMIT else _JOIN_LIMIT)
            if not block:
                break
            pieces.append(block)
            if left > 0:
                left -= len(block)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readline(self, size=-1):
        """Up to and with the next newline, at most `size` bytes; b"" at the end."""
        if type(size) is not int:
            size = index(size)
        self._check_open()
        pieces = []
        left = size
        while left:
            if not self._buffer:
                self._buffer = self._receive(_LINE_BLOCK)
                if not self._buffer:
                    break
            newline = self._buffer.find(b"\n") + 1
            line = self._take(
                min(newline or len(self._buffer), left)
                if left > 0
                else newline or len(self._buffer)
            )
            pieces.append(line)
            if line.endswith(b"\n"):
                break
            if left > 0:
                left -= len(line)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readlines(self, hint=-1):
        """All lines; with a positive `hint`, only until their sizes reach it."""
        hint = index(hint)
        lines = []
        size = 0
        while hint <= 0 or size < hint:
            line = self.readline()
            if not line:
                break
            lines.append(line)
            size += len(line)
        return lines

    def __iter__(self):
        self._check_open()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def _check_open(self):
        if self._source is None:
            raise RuntimeError("wsgi.input was used after the end of its request")
        if self.failure is not None:
            raise self.failure

    def _take(self, size):
        """Takes up to `size` buffered bytes, all if it is negative."""
        buffered = self._buffer
        if not buffered:
            return b""
        if size < 0 or size >= len(buffered):
            self._buffer = b""
            return buffered
        self._buffer = buffered[size:]
        return buffered[:size]

    def _receive(self, size):
        if not self._missing:
            return b""
        try:
            block = self._source.read(size)
            if not block and self._missing > 0:
                raise ConnectionResetError("the request's body ended before its Content-Length")
        except OSError as failure:
            self.failure = failure
            raise
        if not block:
            self._missing = 0
        elif self._missing > 0:
            self._missing -= len(block)
        return block


class ErrorLog:
    """wsgi.errors: text whose lines reach `log` with the request's id, from any thread.

    `log` takes one line without its newline. After the request every use is a RuntimeError.
    """

    __slots__ = ("_log", "request_id", "_pending", "_ended")

    def __init__(self, log, request_id):
        self._log = log
        self.request_id = request_id
        self._pending = ""
        self._ended = False

    def write(self, text):
        """Keeps text up to its last newline's line; complete lines go out."""
        if not isinstance(text, str):
            raise TypeError(f"wsgi.errors takes str, not {_type(text)}")
        self._check_open()
        with _lines:
            lines = (self._pending + text).split("\n")
            self._pending = lines.pop()
            if len(self._pending) > _LONGEST_LINE:
                lines.append(self._pending)
                self._pending = ""
        for line in lines:
            self._emit(line)
        return len(text)

    def writelines(self, texts):
        """Writes each of `texts`."""
        for text in texts:
            self.write(text)

    def flush(self):
        """Sends an unfinished line as it is."""
        self._check_open()
        self._flush()

    def report(self, text):
        """The server's own lines: a message, and the lines of a traceback under it."""
        self._flush()
        for line in text.splitlines():
            self._emit(line)

    def end(self):
        """Ends the request: sends what is unfinished and refuses all further use."""
        if self._pending:
            self._flush()
        self._ended = True

    def _check_open(self):
        if self._ended:
            raise RuntimeError("wsgi.errors was used after the end of its request")

    def _flush(self):
        with _lines:
            line, self._pending = self._pending, ""
        if line:
            self._emit(line)

    def _emit(self, line):
        self._log(f"[{self.request_id}] {line}")


class FileWrapper:
    """wsgi.file_wrapper: an answer read from a file, with Content-Length where it can be known."""

    __slots__ = ("file", "block_size", "close")

    def __init__(self, file, block_size=8192):
        self.file = file
        self.block_size = block_size
        # PEP 3333: close only what has one.
        self.close = getattr(file, "close", _nothing)

    def __iter__(self):
        return self

    def __next__(self):
        block = self.file.read(self.block_size)
        if not block:
            raise StopIteration
        return block

    def remaining(self):
        """Bytes from the current offset of a regular file to its end; -1 if it is none.

        Only plain binary files: a GzipFile has a descriptor too, of another size.
        """
        if not isinstance(self.file, (io.BufferedReader, io.BufferedRandom, io.FileIO)):
            return -1
        try:
            status = os.fstat(self.file.fileno())
            is_regular = status.st_mode & 0o170000 == 0o100000
            return max(status.st_size - self.file.tell(), 0) if is_regular else -1
        except (OSError, ValueError):
            return -1


def timeout_answer(request_id, is_head):
    """What the client is told of a request that has run for longer than requestTimeout."""
    text = "the application took too long to answer; its log tells where."
    return _error_answer("504 Gateway Timeout", errors.TIMED_OUT, text, request_id, is_head)


def _error_answer(status, code, text, request_id, is_head):
    body = f"{code}: {text}\nRequest id: {request_id}\n".encode("latin-1", "replace")
    headers = [
        (FAILED, code),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    return status, headers, b"" if is_head else body


def format_traceback(failure):
    """A failure's traceback from the application's first frame on."""
    frames = failure.__traceback__
    while frames is not None and frames.tb_frame.f_globals.get("__name__") == __name__:
        frames = frames.tb_next
    try:
        import traceback  # loaded at the first failure only: it brings a dozen modules

        return "".join(traceback.format_exception(type(failure), failure, frames))
    except Exception:  # a __str__, or a file this user cannot read, must not hide the failure
        return f"{_name(failure)} (its traceback could not be formatted)\n"


def _check_block(block, giver):
    if not isinstance(block, bytes):
        hint = "; return [body], not body" if isinstance(block, int) else ""
        raise TypeError(f"{giver} {_type(block)}; only bytes can be sent{hint}")


def _name(failure):
    return type(failure).__name__


def _type(value):
    return type(value).__name__


def _nothing():
    pass
