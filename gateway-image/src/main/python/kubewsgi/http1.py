"""The canonical HTTP/1.1 between gateway and worker; docs/worker-protocol.md, byte for byte.

Only the gateway speaks to this parser, so it is strict: whatever the gateway would not have
written is a reason to hang up. In return a head is one split and one dict update.
"""

from socket import MSG_DONTWAIT
from time import time

# The gateway bounds what a client may send to far less; this bounds what a broken gateway may.
HEAD_LIMIT = 1 << 20
BLOCK = 65536
# What has arrived of a body the application did not read is dropped up to this size, to keep the
# connection; a larger one, or one still on its way, costs the connection.
DRAIN_LIMIT = 65536
_CHUNK_LINE_LIMIT = 18
_JOIN_LIMIT = 32768

_KEY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_HEX = frozenset("0123456789abcdefABCDEF")
_CONTROLS = bytes(range(0x20)) + b"\x7f"
# The fields up to and with this one are the same for all requests of an alias: see parse_head.
_BLOCK_END = b"\r\nKubeWsgi-Callable: "
_REMEMBERED_BLOCKS = 64
_LONGEST_BLOCK = 4096
_REMEMBERED_NAMES = 1024

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class NotCanonical(Exception):
    """The gateway sent what the protocol does not allow; the text says what."""


_blocks = {}  # the bytes of the fields that an alias's requests share -> (environ, application)
_names = set()  # field names found canonical


def parse_head(head, base):
    """The request of a head (without its final empty line), its environ made from `base`.

    Returns (environ, application, length, expects): the application's (script, callable), the
    body's length, -1 if chunked, and whether 100 Continue is awaited. Raises NotCanonical.

    The gateway writes first what is the same for all requests of an alias. That block is parsed
    once and remembered with its environ; a request then costs a copy of it and its own fields.
    """
    start = head.find(b"\r\n")
    end = head.find(b"\r\n", head.find(_BLOCK_END) + 2)
    if start < 0 or end < start:
        end = len(head)
    block = head[start + 2 : end]
    environ, application = _blocks.get(block) or _parse_block(block, base)
    environ = environ.copy()
    method, target = _parse_request_line(head[:start])
    fields = _parse_fields(head[end + 2 :]) if end < len(head) else {}
    pop = fields.pop
    request = pop("KubeWsgi-Request", None)
    length = _body_length(pop("Content-Length", None), pop("Transfer-Encoding", None))
    expects = pop("Expect", None)
    if expects is not None and (expects != "100-continue" or not length):
        raise NotCanonical("Expect is not 100-continue, or there is no body to wait for")
    if not _names.issuperset(fields):
        _check_names(fields)
    _add(environ, fields)
    if environ.setdefault("REQUEST_METHOD", method) != method:
        raise NotCanonical("REQUEST_METHOD is not the request line's method")
    environ.setdefault("REQUEST_URI", target)
    _decode_paths(environ)
    if request is not None:
        _add_request(environ, request)
    environ["mod_wsgi.daemon_start"] = time()
    return environ, application, length, expects is not None


def parse_turn(order, rest):
    """What the field KubeWsgi-Turn says, which ends the head: `ask` and seconds, or `pass`.

    Returns the seconds, or None to pass. `rest` is what follows the head. Raises NotCanonical.
    """
    word, _, waited = order.partition(b" ")
    if rest:
        raise NotCanonical("bytes follow the request before its answer")
    if order == b"pass":
        return None
    if word != b"ask" or not waited.replace(b".", b"", 1).isdigit():
        raise NotCanonical("KubeWsgi-Turn is not 'pass', or 'ask' and a number of seconds")
    return float(waited)


def _parse_block(block, base):
    fields = _parse_fields(block)
    try:
        application = fields.pop("KubeWsgi-Script"), fields.pop("KubeWsgi-Callable")
    except KeyError as failure:
        raise NotCanonical(f"the field {failure} is missing") from None
    _check_names(fields)
    environ = base.copy()
    _add(environ, fields)
    # With PATH_INFO in it, it is one request's own: the gateway wrote the fields in another order.
    if len(block) <= _LONGEST_BLOCK and "PATH_INFO" not in environ:
        if len(_blocks) >= _REMEMBERED_BLOCKS:
            _blocks.clear()
        _blocks[block] = environ, application
    return environ, application


def _parse_fields(raw):
    """The fields of some lines by name."""
    lines = raw.decode("latin-1").split("\r\n")
    # Every control character must belong to a CR LF: this also finds a CR or LF by itself.
    if len(raw) - len(raw.translate(None, _CONTROLS)) != 2 * len(lines) - 2:
        raise NotCanonical("a field holds a control character, or a line does not end in CR LF")
    try:
        fields = dict([line.split(": ", 1) for line in lines])
    except ValueError:
        raise NotCanonical("a field is not 'NAME: value'") from None
    if len(fields) != len(lines):
        raise NotCanonical("a field occurs twice")
    return fields


def _add(environ, fields):
    """Adds fields to an environ that has none of them."""
    size = len(environ) + len(fields)
    environ.update(fields)
    if len(environ) != size:
        raise NotCanonical("a field occurs twice, or is the worker's own")


def _check_names(fields):
    for name in fields:
        key = name[9:].upper() if name[:9] == "mod_wsgi." else name
        if (not key or not _KEY.issuperset(key)) and name != "wsgi.url_scheme":
            raise NotCanonical(f"the field {name!r} is no environ key")
    if len(_names) >= _REMEMBERED_NAMES:
        _names.clear()
    _names.update(fields)


def _add_request(environ, request):
    """What KubeWsgi-Request holds: the request's id, when it began, was queued, how long it waited.

    mod_wsgi 6 gives times as seconds in float.
    """
    size = len(environ)
    try:
        environ["mod_wsgi.request_id"], start, queued, waited = request.split(" ")
        environ["mod_wsgi.request_start"] = float(start)
        environ["mod_wsgi.queue_start"] = float(queued)
        environ["mod_wsgi.queue_time"] = float(waited)
    except ValueError:
        raise NotCanonical("KubeWsgi-Request is not an id and three numbers of seconds") from None
    if len(environ) != size + 4:
        raise NotCanonical("a field of KubeWsgi-Request is given twice")


def _decode_paths(environ):
    try:
        if "%" in environ["PATH_INFO"]:
            environ["PATH_INFO"] = _decode_percent(environ["PATH_INFO"])
        if "%" in environ["SCRIPT_NAME"]:
            environ["SCRIPT_NAME"] = _decode_percent(environ["SCRIPT_NAME"])
        environ.setdefault("mod_wsgi.path_info", environ["PATH_INFO"])
    except KeyError as failure:
        raise NotCanonical(f"the field {failure} is missing") from None


def _parse_request_line(line):
    try:
        method, target, version = line.decode("latin-1").split(" ")
    except ValueError:
        raise NotCanonical("the request line is not 'METHOD target HTTP/1.1'") from None
    if version != "HTTP/1.1" or not (method.isascii() and method and target):
        raise NotCanonical("the request line is not 'METHOD target HTTP/1.1', the method in ASCII")
    if len(line.translate(None, _CONTROLS)) != len(line):
        raise NotCanonical("the request line holds a control character")
    return method, target


def _body_length(length, encoding):
    if length is None:
        if encoding is None:
            return 0
        if encoding != "chunked":
            raise NotCanonical("Transfer-Encoding is not chunked")
        return -1
    if encoding is not None:
        raise NotCanonical("Content-Length and Transfer-Encoding are both given")
    if not (length.isascii() and length.isdigit() and len(length) <= 18):
        raise NotCanonical("Content-Length is not a number")
    return int(length)


def _decode_percent(value):
    """Decodes the %XX by which a path carries control characters and `%` itself."""
    first, *rest = value.split("%")
    pieces = [first]
    for part in rest:
        code = part[:2]
        if len(code) != 2 or not _HEX.issuperset(code):
            raise NotCanonical("a path holds % without two hexadecimal digits")
        pieces.append(chr(int(code, 16)) + part[2:])
    return "".join(pieces)


class NoBody:
    """The source of a request without a body."""

    __slots__ = ()

    def read(self, size):
        """b"", always."""
        return b""

    def drain(self):
        """True: nothing is left."""
        return True


class LengthBody:
    """The source of a body of known length: first what came with the head, then the socket."""

    __slots__ = ("_socket", "_buffer", "_left", "_expects")

    def __init__(self, socket, buffer, length, expects):
        self._socket = socket
        self._buffer = buffer[:length]
        self._left = length - len(self._buffer)  # still to be received
        self._expects = expects

    def read(self, size):
        """1 to `size` bytes, b"" at the end; OSError once the gateway hung up."""
        if self._buffer:
            block, self._buffer = self._buffer[:size], self._buffer[size:]
            return block
        if not self._left:
            return b""
        if self._expects:
            self._expects = False
            self._socket.sendall(_CONTINUE)
        block = self._socket.recv(min(size, self._left, BLOCK))
        if not block:
            raise ConnectionResetError("the client left before its request was complete")
        self._left -= len(block)
        return block

    def drain(self):
        """Drops what is left, without waiting; whether the connection can be used again."""
        self._buffer = b""
        if self._expects or not self._left:  # what awaits 100 Continue will not be sent any more
            return True
        return self._left <= DRAIN_LIMIT and self._drop_arrived()

    def _drop_arrived(self):
        while self._left:
            try:
                block = self._socket.recv(self._left, MSG_DONTWAIT)
            except BlockingIOError:
                return False
            if not block:
                return False
            self._left -= len(block)
        return True


class ChunkedBody:
    """The source of a chunked body: `<hex>CRLF<bytes>CRLF`, at last `0CRLFCRLF`; nothing else."""

    __slots__ = ("_socket", "_buffer", "_left", "_ended", "_expects", "_flags")

    def __init__(self, socket, buffer, expects):
        self._socket = socket
        self._flags = 0
        self._buffer = buffer
        self._left = 0  # of the current chunk
        self._ended = False
        self._expects = expects

    def read(self, size):
        """1 to `size` bytes, b"" at the end; OSError once the gateway hung up."""
        if self._ended:
            return b""
        if not self._left:
            self._left = self._read_size()
            if not self._left:
                self._skip_line_end()
                self._ended = True
                return b""
        if not self._buffer:
            self._receive()
        block = self._buffer[: min(size, self._left)]
        self._buffer = self._buffer[len(block) :]
        self._left -= len(block)
        if not self._left:
            self._skip_line_end()
        return block

    def drain(self):
        """Drops what is left, without waiting; whether the connection can be used again."""
        if self._expects:
            return True
        self._flags = MSG_DONTWAIT
        budget = DRAIN_LIMIT
        try:
            while budget > 0:
                block = self.read(BLOCK)
                if not block:
                    return not self._buffer
                budget -= len(block)
        except OSError:  # not there yet, or malformed
            pass
        return False

    def _read_size(self):
        while b"\r\n" not in self._buffer:
            if len(self._buffer) > _CHUNK_LINE_LIMIT:
                raise ConnectionAbortedError("the gateway sent a malformed chunk")
            self._receive()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        if not line or len(line) > 16 or not _HEX.issuperset(line.decode("latin-1")):
            raise ConnectionAbortedError("the gateway sent a malformed chunk")
        return int(line, 16)

    def _skip_line_end(self):
        while len(self._buffer) < 2:
            self._receive()
        if self._buffer[:2] != b"\r\n":
            raise ConnectionAbortedError("the gateway sent a malformed chunk")
        self._buffer = self._buffer[2:]

    def _receive(self):
        if self._expects:
            self._expects = False
            self._socket.sendall(_CONTINUE)
        block = self._socket.recv(BLOCK, self._flags)
        if not block:
            raise ConnectionResetError("the client left before its request was complete")
        self._buffer += block


class Answer:
    """The sink of a streamed answer; the head goes out with the first block."""

    __slots__ = ("_socket", "_head", "_chunked")

    def __init__(self, socket):
        self._socket = socket
        self._head = b""
        self._chunked = False

    def start(self, status, headers):
        """Takes the head; without a Content-Length the body will be chunked."""
        self._chunked = all(name.lower() != "content-length" for name, _ in headers)
        if self._chunked:
            headers = [*headers, ("Transfer-Encoding", "chunked")]
        self._head = format_head(status, headers)

    def write(self, block):
        """Sends a block at once; OSError once the gateway hung up."""
        head = self._take_head()
        if self._chunked:
            send(self._socket, head + b"%x\r\n" % len(block), block, b"\r\n")
        else:
            send(self._socket, head, block, b"")

    def end(self):
        """Completes the body."""
        if self._chunked:
            self._socket.sendall(self._take_head() + b"0\r\n\r\n")

    def flush(self):
        """Sends a head that no block followed, before the connection is broken."""
        head = self._take_head()
        if head:
            self._socket.sendall(head)

    def _take_head(self):
        """Before it is sent: whoever is interrupted while it sends does not send it again."""
        head, self._head = self._head, b""
        return head


def format_head(status, headers):
    """The bytes of an answer's head; RFC 9112 wants the space even without a reason."""
    if len(status) == 3:
        status += " "
    fields = "".join([f"{name}: {value}\r\n" for name, value in headers])
    return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode("latin-1")


def send(socket, head, body, tail):
    """Sends all of it, small pieces in one call."""
    if len(body) <= _JOIN_LIMIT:
        socket.sendall(head + body + tail)
        return
    # The kernel joins these; copying a large body to join it here would cost more.
    sent = socket.sendmsg((head, body, tail))
    for piece in (head, body, tail):
        if sent < len(piece):
            socket.sendall(memoryview(piece)[sent:])
        sent = max(sent - len(piece), 0)
