"""Runs the Python that a request brings, and answers with its `result` or its exception."""


def application(environ, start_response):
    scope = {}
    try:
        exec(environ["wsgi.input"].read(), scope)
        answer = str(scope.get("result"))
    except Exception as failure:
        answer = f"{type(failure).__name__}: {failure}"
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [answer.encode()]
