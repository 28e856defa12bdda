"""Answers 503 with a field that only a worker itself may use, whole or in pieces."""


def application(environ, start_response):
    fields = [("Content-Type", "text/plain"), ("kubewsgi-refused", "busy")]
    start_response("503 Service Unavailable", fields)
    pieces = [b"closed ", b"for repairs"]
    return pieces if environ["QUERY_STRING"] == "whole" else iter(pieces)
