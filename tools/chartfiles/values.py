"""values.yaml as a tree: each value with its default and the description in the comment above."""

import dataclasses

import yaml

_HINTS = "@schema"


class Undescribed(Exception):
    """A value without a comment; the message says where."""


@dataclasses.dataclass(frozen=True)
class Value:
    """A value of the chart.

    path: its key from the root, with dots
    default: as in values.yaml
    description: one line
    hints: JSON Schema that the default does not tell, of the comment's @schema
    children: the values in it; none in one whose keys are not the chart's
    """

    path: str
    default: object
    description: str
    hints: dict
    children: tuple

    @property
    def name(self):
        return self.path.rpartition(".")[2]


def read(path):
    """The values of a file, in its order. Raises Undescribed."""
    text = path.read_text(encoding="utf-8")
    return _children(yaml.compose(text), yaml.safe_load(text), text.splitlines(), "")


def _children(node, defaults, lines, prefix):
    return tuple(
        _value(key, value, defaults[key.value], lines, f"{prefix}{key.value}")
        for key, value in node.value
    )


def _value(key, node, default, lines, path):
    description, hints = _comment(lines, key.start_mark, path)
    ours = isinstance(default, dict) and default and not hints
    children = _children(node, default, lines, f"{path}.") if ours else ()
    return Value(path, default, description, hints, children)


def _comment(lines, mark, path):
    """The description and the hints in the comment that ends above a key, at its indentation."""
    start = " " * mark.column + "# "
    first = mark.line
    while first > 0 and lines[first - 1].startswith(start):
        first -= 1
    text = " ".join(line[len(start) :].strip() for line in lines[first : mark.line])
    description, _, hints = text.partition(_HINTS)
    if not description.strip():
        raise Undescribed(f"values.yaml:{mark.line + 1}: {path} has no comment above it")
    return description.strip(), yaml.safe_load(hints) or {}
