"""The smallest WSGI application: it answers every request with the same line."""


def application(environ, start_response):
    body = b"Hello from kube-wsgi!\n"
    start_response(
        "200 OK",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
