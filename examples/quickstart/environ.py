"""Shows the WSGI environ of the request, every value escaped for HTML."""

from html import escape

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>environ</title>
<style>
  :root {{ color-scheme: light dark; --line: #8884; --soft: #8882; }}
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
    padding: 0 1rem; }}
  h1 {{ font-size: 1.5rem; margin-bottom: 0; }}
  h2 {{ font-size: 1rem; margin: 2rem 0 .5rem; }}
  table {{ border-collapse: collapse; width: 100%; table-layout: fixed; }}
  th, td {{ border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left;
    vertical-align: top; font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }}
  th {{ width: 38%; font-weight: 600; }}
  tr:hover {{ background: var(--soft); }}
</style>
<h1>environ</h1>
<p>What the application was called with, {where}.</p>
{tables}
</html>
"""

GROUPS = (
    ("Request", lambda key: key.isupper() and not key.startswith("HTTP_")),
    ("Headers", lambda key: key.startswith("HTTP_")),
    ("WSGI", lambda key: key.startswith("wsgi.")),
    ("mod_wsgi", lambda key: key.startswith("mod_wsgi.")),
)


def table(title, rows):
    cells = "\n".join(
        f"<tr><th>{escape(key)}</th><td>{escape(value)}</td></tr>" for key, value in rows
    )
    return f"<h2>{title}</h2>\n<table>\n{cells}\n</table>"


def application(environ, start_response):
    items = sorted(
        (key, value if isinstance(value, str) else repr(value)) for key, value in environ.items()
    )
    tables = "\n".join(
        table(title, rows)
        for title, belongs in GROUPS
        if (rows := [item for item in items if belongs(item[0])])
    )
    group = environ.get("mod_wsgi.process_group")
    where = f"in daemon group {escape(group)}" if group else "embedded in the gateway"
    # environ holds bytes as latin-1 text: what is no UTF-8 is shown as it came.
    body = PAGE.format(where=where, tables=tables).encode("utf-8", "backslashreplace")
    start_response(
        "200 OK",
        [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
