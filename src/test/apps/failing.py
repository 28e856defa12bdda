"""Raises, or answers with the status that the query gives."""

from urllib.parse import parse_qs


def application(environ, start_response):
    query = environ["QUERY_STRING"]
    if query == "raise":
        raise RuntimeError("on purpose")
    start_response(parse_qs(query)["status"][0], [("Content-Type", "text/plain")])
    return [b"of the application"]
