"""An application that a function makes, with what it is to answer."""

made = 0


def create_app():
    global made
    made += 1
    answer = f"application {made}".encode()

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [answer, b" of " + environ["mod_wsgi.callable_object"].encode()]

    return application
