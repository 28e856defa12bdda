"""The table of values in a page, between two marks."""

import json
import re

_TABLE = re.compile(r"(<!-- values: begin.*?-->\n).*?(<!-- values: end -->)", re.S)


def with_table(path, values):
    """The page as it is to be."""
    page = path.read_text(encoding="utf-8")
    return _TABLE.sub(lambda found: found[1] + _table(values) + found[2], page)


def _table(values):
    rows = ["| value | default | |", "|---|---|---|"]
    rows += [
        f"| `{leaf.path}` | `{json.dumps(leaf.default)}` | {_cell(leaf.description)} |"
        for leaf in _leaves(values)
    ]
    return "\n".join(rows) + "\n"


def _cell(text):
    return text.replace("|", "\\|")


def _leaves(values):
    for value in values:
        if value.children:
            yield from _leaves(value.children)
        else:
            yield value
