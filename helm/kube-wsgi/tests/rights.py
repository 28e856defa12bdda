"""The tables of docs/rbac.md."""

import re

import chart

_PAGE = chart.ROOT / "docs/rbac.md"


def tables():
    """The page's tables, each a list of rows, each from column to cell."""
    for block in re.findall(r"(?:^\|.*\n)+", _PAGE.read_text(), re.M):
        head, _, *rows = (
            [cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines()
        )
        yield [dict(zip(head, row)) for row in rows]


def words(cell):
    return [word.strip() for word in cell.split(",")]


def documented(mode):
    """(where, group, resource, name, verb) of every right that the page has for a mode."""
    rights, _ = tables()
    return {
        (row[mode], row["API group"], resource, name, verb)
        for row in rights
        if row[mode]
        for resource in words(row["resource"])
        for name in words(row["names"])
        for verb in words(row["verbs"])
    }
