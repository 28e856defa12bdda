"""Raises, or answers with the status that the query gives."""

from urllib.parse import parse_qs


def application(environ, start_response):
    query = environ["QUERY_STRING"]
    if query == "raise":
        raise RuntimeError("on purpose")
    status = parse_qs(query)["status"][0]
    start_response(status, [("Content-Type", "text/plain"), ("KubeWsgi-Failed", "KW521")])
    return [] if status.startswith("204") else [b"of the application"]
