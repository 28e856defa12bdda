"""What applications of Django do beside small answers: streams, uploads, files, events."""

import hashlib
import queue
import tempfile

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="of a test", USE_TZ=True, MIDDLEWARE=[]
)
events = queue.Queue()
left = []


def stream(request):
    name = request.GET["name"]
    rows = (f"{name},{number}\n" for number in range(1000))
    return StreamingHttpResponse(rows, content_type="text/csv")


def upload(request):
    digest = hashlib.sha256()
    size = 0
    for block in request.FILES["file"].chunks(1 << 20):
        digest.update(block)
        size += len(block)
    return HttpResponse(f"{size} {digest.hexdigest()} {request.POST['title']}")


def file(request):
    made = tempfile.TemporaryFile()  # noqa: SIM115 FileResponse closes it
    made.write(b"0123456789" * 1000)
    made.seek(0)
    return FileResponse(made, as_attachment=True, filename="digits.txt")


def listen_or_tell(request):
    if request.method == "POST":
        events.put(request.body.decode())
        return HttpResponse()

    def tell():
        try:
            while True:
                try:
                    yield f"data: {events.get(timeout=0.05)}\n\n"
                except queue.Empty:
                    yield ": still here\n\n"
        finally:
            left.append(True)

    return StreamingHttpResponse(tell(), content_type="text/event-stream")


def count(request):
    return HttpResponse(str(len(left)))


urlpatterns = [
    path("stream", stream),
    path("upload", upload),
    path("file", file),
    path("events", listen_or_tell),
    path("left", count),
]
django.setup()
application = get_wsgi_application()
