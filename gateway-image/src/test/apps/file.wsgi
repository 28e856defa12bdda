"""Sends its own source by wsgi.file_wrapper."""


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/x-python")])
    return environ["wsgi.file_wrapper"](open(__file__, "rb"))
