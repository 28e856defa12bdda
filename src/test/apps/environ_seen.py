"""Answers with its environ as JSON: of each key the type and the value as Python writes them.

Beside it: what of the environ breaks PEP 3333 or what mod_wsgi promises, by rules of its own.
"""

import json
from wsgiref.util import request_uri

REQUIRED = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_NAME")
REQUIRED += ("SERVER_PORT", "SERVER_PROTOCOL", "wsgi.version", "wsgi.url_scheme", "wsgi.input")
REQUIRED += ("wsgi.errors", "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once")
BOOLEANS = ("wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once", "wsgi.input_terminated")
# What RFC 9110 says of a connection alone, CVE-2016-5385, and what is not HTTP_* in CGI.
FORBIDDEN = ("CONNECTION", "KEEP_ALIVE", "TE", "TRAILER", "TRANSFER_ENCODING", "UPGRADE", "PROXY")
FORBIDDEN += ("PROXY_AUTHORIZATION", "PROXY_CONNECTION", "CONTENT_TYPE", "CONTENT_LENGTH")


def application(environ, start_response):
    seen = {key: (type(value).__name__, shown(value)) for key, value in environ.items()}
    answer = {"environ": seen, "broken": list(broken(environ)), "url": request_uri(environ)}
    answer["body"] = repr(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def shown(value):
    return repr(value) if type(value) in (str, bool, tuple, float, int) else ""


def broken(environ):
    if type(environ) is not dict:
        yield "environ is no dict"
    yield from (f"{key} is missing" for key in REQUIRED if key not in environ)
    yield from (f"HTTP_{name} is there" for name in FORBIDDEN if f"HTTP_{name}" in environ)
    yield from (f"{key} is no bool" for key in BOOLEANS if type(environ[key]) is not bool)
    for key, value in environ.items():
        yield from broken_entry(key, value)
    yield from broken_paths(environ)
    yield from broken_streams(environ)
    if not environ["SERVER_NAME"] or not environ["SERVER_PORT"].isdigit():
        yield "SERVER_NAME or SERVER_PORT is none"
    if not environ.get("CONTENT_LENGTH", "0").isdigit():
        yield "CONTENT_LENGTH is no number"
    if environ["wsgi.version"] != (1, 0) or environ["wsgi.url_scheme"] not in ("http", "https"):
        yield "wsgi.version or wsgi.url_scheme is none"


def broken_entry(key, value):
    if type(key) is not str:
        yield f"{key!r} is no str"
    elif "." not in key and type(value) is not str:
        yield f"{key} is no str"
    elif type(value) is str and any(ord(char) > 255 for char in value):
        yield f"{key} holds more than latin-1"
    elif "." not in key and not key.replace("_", "").isalnum():
        yield f"{key} is no name of CGI"
    elif "mod_wsgi." in key and key.endswith(("_start", "_time")) and type(value) is not float:
        yield f"{key} is no float"


def broken_paths(environ):
    script, path = environ["SCRIPT_NAME"], environ["PATH_INFO"]
    if script.endswith("/") or (script and script[0] != "/"):
        yield "SCRIPT_NAME is neither empty nor /name"
    if path and path[0] != "/":
        yield "PATH_INFO does not start with /"
    if not script and not path:
        yield "SCRIPT_NAME and PATH_INFO are both empty"
    if environ["mod_wsgi.script_name"] != script or environ["mod_wsgi.path_info"] != path:
        yield "mod_wsgi.script_name or mod_wsgi.path_info differs"


def broken_streams(environ):
    for name in ("read", "readline", "readlines", "__iter__"):
        if not hasattr(environ["wsgi.input"], name):
            yield f"wsgi.input lacks {name}"
    for name in ("write", "writelines", "flush"):
        if not hasattr(environ["wsgi.errors"], name):
            yield f"wsgi.errors lacks {name}"
