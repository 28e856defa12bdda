"""Sends ten bytes with the Content-Length the query gives."""


def application(environ, start_response):
    start_response("200 OK", [("Content-Length", environ["QUERY_STRING"])])
    return iter([b"01234", b"56789"])
