"""What a status line and a header of an answer may be (RFC 9110, RFC 9112, PEP 3333).

Each check raises TypeError for a wrong type and ValueError for a wrong value. Statuses and names
repeat from request to request, so a checked one is remembered; the memory is bounded because an
application could make names up.
"""

# RFC 9110 section 5.6.2: the characters of a token, which a field name is.
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

# RFC 9110 section 5.5 allows a tab inside a value; PEP 3333 allows no control character at all.
_CONTROLS = bytes(range(0x20)) + b"\x7f"

# RFC 9110 section 7.6.1, as listed in wsgiref.util: PEP 3333 forbids them to applications.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)

_REMEMBERED = 512
_statuses = {}
_names = {}  # name -> whether it is Content-Length, or _OURS
_OURS = "between worker and gateway"
_PREFIX = "kubewsgi-"


def status_code(status):
    """The number of an application's status (`200 OK`, or `200` alone): 200 to 999."""
    code = _statuses.get(status) if isinstance(status, str) else None
    return _check_status(status) if code is None else code


def response_headers(headers):
    """A checked copy of an application's headers, and its Content-Length or -1.

    Fields by which a worker tells its gateway something are not an application's, and left out.
    """
    if type(headers) is not list and not isinstance(headers, list):
        raise TypeError(f"headers must be a list of (str, str), not {_type(headers)}")
    length = -1
    has_ours = False
    for item in headers:
        # What nearly every header passes, in as few steps as possible: a tuple, a name seen
        # before, a value of printable ASCII. Everything else goes the long way, which explains.
        try:
            name, value = item
            is_length = _names.get(name)
            if type(item) is not tuple or not (value.isascii() and value.isprintable()):
                is_length = None
        except (TypeError, ValueError, AttributeError):
            is_length = None
        if is_length is None:
            is_length = _check_header(item)
            value = item[1]
        if is_length:
            if is_length is _OURS:
                has_ours = True
                continue
            if length >= 0:
                raise ValueError("Content-Length is given twice; give it once")
            length = content_length(value)
    if has_ours:
        return [item for item in headers if not item[0].lower().startswith(_PREFIX)], length
    return headers[:], length


def content_length(value):
    """The number of a Content-Length (RFC 9110 section 8.6: only digits)."""
    if value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    raise ValueError(f"Content-Length must be a number of bytes in digits, not {value!r}")


def _check_status(status):
    if not isinstance(status, str):
        raise TypeError(f"status must be a str such as '200 OK', not {_type(status)}")
    digits, rest = status[:3], status[3:]
    if len(digits) != 3 or not (digits.isascii() and digits.isdigit()) or rest[:1] not in ("", " "):
        raise ValueError(f"status must be three digits, a space and a reason, not {status!r}")
    if digits < "200":
        # 1xx announces another answer; it would shift every answer after it by one.
        raise ValueError(f"status must be 200 to 999, not {status!r}: the server alone sends 1xx")
    _check_text("status", rest)
    return _remember(_statuses, status, int(digits))


def _check_header(item):
    if not isinstance(item, tuple) or len(item) != 2:
        raise TypeError(f"a header must be a tuple (name, value) of two str, not {item!r}")
    name, value = item
    is_length = _check_name(name)
    if not isinstance(value, str):
        raise TypeError(f"the value of header {name} must be a str, not {_type(value)}")
    _check_text(f"the value of header {name}", value)
    return is_length


def _check_name(name):
    if not isinstance(name, str):
        raise TypeError(f"a header name must be a str, not {_type(name)}")
    if not name or not _TOKEN.issuperset(name):
        raise ValueError(f"a header name must consist of letters, digits and '-', not {name!r}")
    lower = name.lower()
    if lower in HOP_BY_HOP:
        # PEP 3333, "Other HTTP Features": a fatal error of the application, as in wsgiref.
        raise AssertionError(
            f"{name} is a hop-by-hop header, which the server alone sets (PEP 3333); remove it"
        )
    kind = _OURS if lower.startswith(_PREFIX) else lower == "content-length"
    return _remember(_names, name, kind)


def _check_text(what, text):
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(
            f"{what} must hold latin-1 characters only (PEP 3333), not {text!r}; encode it first"
        ) from None
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        raise ValueError(f"{what} must hold no control character, not {text!r}")


def _remember(memory, key, value):
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[key] = value
    return value


def _type(value):
    return type(value).__name__
