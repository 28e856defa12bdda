"""A small Flask application: notes that are kept in memory."""

import threading

from flask import Flask, redirect, request, url_for
from markupsafe import escape

app = Flask(__name__)
notes = []
lock = threading.Lock()

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Notes</title>
<h1><a href="{home}">Notes</a></h1>
<ol>{items}</ol>
<form method="post"><input name="text" required><button>Add</button></form>
</html>
"""


@app.get("/")
def show():
    with lock:
        items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return PAGE.format(home=url_for("show"), items=items)


@app.post("/")
def add():
    with lock:
        notes.append(request.form["text"])
    return redirect(url_for("show"), code=303)


@app.get("/lines")
def lines():
    """Streamed: each line goes out when it is made."""
    return app.response_class((f"line {n}\n" for n in range(1, 4)), mimetype="text/plain")
