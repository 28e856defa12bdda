"""Configuration files with `@word@` placeholders: Apache, nginx and Lua all use `$` themselves."""

from __future__ import annotations

import re
from pathlib import Path

PLACEHOLDER = re.compile(r"@([a-z_]+)@")


def fill(template: str, values: dict[str, object]) -> str:
    """Return `template` with every placeholder replaced; an unknown one is a KeyError."""
    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), template)


def write_filled(template: Path, destination: Path, values: dict[str, object]) -> Path:
    """Fill the file `template` into `destination` and return the latter."""
    destination.write_text(fill(template.read_text(), values))
    return destination
