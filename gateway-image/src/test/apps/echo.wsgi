"""Sends the request's body back, block by block as it comes."""


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return iter(lambda: environ["wsgi.input"].read(65536), b"")
