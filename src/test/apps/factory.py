"""An application that a function makes, with what it is to answer."""

from itertools import count

made = count(1)


def create_app():
    answer = f"application {next(made)}".encode()

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [answer, b" of " + environ["mod_wsgi.callable_object"].encode()]

    return application
