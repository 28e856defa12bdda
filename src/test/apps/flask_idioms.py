"""What applications of Flask do beside small answers: streams, uploads, ranges, events."""

import hashlib
import queue
import tempfile

from flask import Flask, Response, request, send_file, stream_with_context

application = Flask(__name__)
events = queue.Queue()
left = []


@application.get("/stream")
def stream():
    def rows():
        for number in range(1000):
            yield f"{request.args['name']},{number}\n"

    return Response(stream_with_context(rows()), mimetype="text/csv")


@application.post("/upload")
def upload():
    digest = hashlib.sha256()
    size = 0
    while block := request.files["file"].stream.read(1 << 20):
        digest.update(block)
        size += len(block)
    return f"{size} {digest.hexdigest()} {request.form['title']}"


@application.get("/file")
def file():
    with tempfile.NamedTemporaryFile("wb", suffix=".txt", delete=False) as made:
        made.write(b"0123456789" * 1000)
    return send_file(made.name, conditional=True, etag="one", last_modified=0)


@application.get("/events")
def listen():
    def tell():
        try:
            while True:
                try:
                    yield f"data: {events.get(timeout=0.05)}\n\n"
                except queue.Empty:
                    yield ": still here\n\n"
        finally:
            left.append(True)

    return Response(tell(), mimetype="text/event-stream")


@application.post("/events")
def tell():
    events.put(request.get_data(as_text=True))
    return ""


@application.get("/left")
def count():
    return str(len(left))
