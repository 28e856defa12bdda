"""Defines another name than the one asked for."""


def app(environ, start_response):
    start_response("200 OK", [])
    return []
