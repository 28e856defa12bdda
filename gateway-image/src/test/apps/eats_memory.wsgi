"""Takes as many MiB as the query says, and uses them."""


def application(environ, start_response):
    start_response("200 OK", [])
    return [b"x" * (int(environ["QUERY_STRING"]) << 20)]
