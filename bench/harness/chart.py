"""The picture of docs/benchmarks.md: requests per second, and memory over reloads, as SVG.

Plain text of SVG, without a library. Colours are classes, so that dark mode has its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import floor, log10
from typing import Any

from .targets import TARGETS
from .workloads import WORKLOADS

WIDTH = 920
MARGIN = 20
PANEL = (WIDTH - 3 * MARGIN) // 2
LABEL = 168
"""Width of the names before bars."""
VALUE = 78
"""Width of the figures behind bars."""
ROW = 22
TITLE = 30
CURVES = 250
AXIS = 52
"""Width of the figures before curves."""
LEGEND = 54
OURS = {one.key for one in TARGETS if one.ours}
NAMES = {one.key: one.title for one in TARGETS}

STYLE = """\
  <style>
    .page { fill: #ffffff } .ink { fill: #1f2933 } .soft { fill: #5b6875 } .b { font-weight: 600 }
    .s { font-size: 12px } .end { text-anchor: end } .mid { text-anchor: middle }
    .ours { fill: #3a7bd5 } .peer { fill: #9aa5b1 } .alone { fill: #a9c8f2 }
    .grid { stroke: #d7dde3; stroke-width: 1 } .warm { fill: #f4f6f8 }
    .curve { fill: none; stroke-width: 2 }
    .c0 { stroke: #3a7bd5 } .c1 { stroke: #c2571a } .c2 { stroke: #b08a12 }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117 } .ink { fill: #e6edf3 } .soft { fill: #9da9b5 }
      .ours { fill: #5a9bf0 } .peer { fill: #59636e } .alone { fill: #27477a }
      .grid { stroke: #2b333c } .warm { fill: #161b22 }
      .c0 { stroke: #5a9bf0 } .c1 { stroke: #e07a3c } .c2 { stroke: #d9ae3c }
    }
  </style>"""


def picture(result: dict[str, Any]) -> str:
    """Return the SVG of a result document, with a panel for whatever was measured."""
    parts = result["parts"]
    panels, height = bar_panels(parts.get("compare", {"figures": []})["figures"])
    if "reloads" in parts:
        panels += curve_panel(parts["reloads"], height)
        height += CURVES + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"',
            '     aria-labelledby="title"',
            "     font-family=\"system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif\"",
            '     font-size="13">',
            '  <title id="title">Requests per second, and memory over reloads</title>',
            STYLE,
            f'  <rect class="page" width="{WIDTH}" height="{height}" rx="10"/>',
            *panels,
            "</svg>",
            "",
        ]
    )


def bar_panels(figures: Sequence[dict[str, Any]]) -> tuple[list[str], int]:
    """Return the panels of all workloads, two in a row, and where they end."""
    lines, top, height = [], MARGIN, 0
    measured = [
        (workload.title, [one for one in figures if one["workload"] == workload.key])
        for workload in WORKLOADS
    ]
    for number, (title, rows) in enumerate(one for one in measured if one[1]):
        if number % 2 == 0:
            top, height = top + height, 0
        left = MARGIN + number % 2 * (PANEL + MARGIN)
        lines += bars(f"{title}, requests/s", rows, left, top)
        height = max(height, TITLE + ROW * len(rows) + MARGIN)
    return lines, top + height


def bars(title: str, figures: Sequence[dict[str, Any]], left: int, top: int) -> list[str]:
    """Return one panel: a bar for each server, the longest first."""
    rows = sorted(figures, key=lambda one: -one["requests_per_second"])
    most = rows[0]["requests_per_second"] or 1
    room = PANEL - LABEL - VALUE
    lines = [text(left, top + 14, title, "ink b")]
    for number, one in enumerate(rows):
        y = top + TITLE + ROW * number
        length = max(1.0, room * one["requests_per_second"] / most)
        value = "invalid" if one["faults"] else spaced(one["requests_per_second"])
        start = left + LABEL
        lines += [
            text(start - 8, y + 12, NAMES[one["target"]], "ink s end"),
            f'  <rect class="{colour(one["target"])}" x="{start}" y="{y}" '
            f'width="{length:.1f}" height="16" rx="2"/>',
            text(round(start + length + 6), y + 12, value, "soft s"),
        ]
    return lines


def colour(target: str) -> str:
    """Return the class of a server's bars: that without Python is a limit, and no server."""
    if target not in OURS:
        return "peer"
    return "alone" if target == "kube-wsgi-alone" else "ours"


def curve_panel(part: dict[str, Any], top: int) -> list[str]:
    """Return the panel of memory over reloads, with the warm-up shaded."""
    curves = series(part["modes"])
    last = max(one for _, points in curves for one, _ in points)
    step, most = scale(max(size for _, points in curves for _, size in points))
    left, right = MARGIN + AXIS, WIDTH - MARGIN
    upper, lower = top + LEGEND, top + CURVES - 28

    def x(reloads: float) -> float:
        return left + (right - left) * reloads / last

    def y(size: float) -> float:
        return lower - (lower - upper) * size / most

    warm = x(last * part["settings"]["warm_up_share"])
    lines = [
        text(MARGIN, top + 14, "Reloads under load: RSS in MB over edits of the script", "ink b"),
        *legend([title for title, _ in curves], top + 36),
        f'  <rect class="warm" x="{left}" y="{upper}" width="{warm - left:.1f}" '
        f'height="{lower - upper}"/>',
        text(left + 6, upper + 14, "warm-up", "soft s"),
    ]
    for size in range(0, round(most) + 1, round(step)):
        lines += [
            f'  <path class="grid" d="M{left} {y(size):.1f} H{right}"/>',
            text(left - 8, round(y(size)) + 4, str(size), "soft s end"),
        ]
    for quarter in range(5):
        anchor = "end" if quarter == 4 else "mid"
        reloads = last * quarter // 4
        lines.append(text(round(x(reloads)), lower + 18, spaced(reloads), f"soft s {anchor}"))
    for number, (_, points) in enumerate(curves):
        path = " L".join(f"{x(reloads):.1f} {y(size):.1f}" for reloads, size in points)
        lines.append(f'  <path class="curve c{number}" d="M{path}"/>')
    return lines


def series(modes: dict[str, Any]) -> list[tuple[str, list[tuple[int, float]]]]:
    """Return titles and points (reloads, MB): each mode's gateway, and the workers of a group."""

    def points(mode: str, name: str) -> list[tuple[int, float]]:
        return [(one["reloads"], one[name] / 1024) for one in modes[mode]["points"]]

    curves = [(f"{modes[mode]['title']}: gateway", points(mode, "gateway_rss")) for mode in modes]
    if "daemon" in modes:
        curves.append(
            (f"{modes['daemon']['title']}: supervisor and worker", points("daemon", "workers_rss"))
        )
    return curves


def legend(titles: Iterable[str], y: int) -> list[str]:
    """Return a line with a stroke of each curve's colour before its title."""
    lines, left = [], MARGIN + AXIS
    for number, title in enumerate(titles):
        lines += [
            f'  <path class="curve c{number}" d="M{left} {y - 4} h22"/>',
            text(left + 28, y, title, "ink s"),
        ]
        left += 28 + 8 * len(title) + 16
    return lines


def scale(most: float) -> tuple[float, float]:
    """Return a round step of an axis from zero, and the multiple of it that all fits below."""
    magnitude = 10 ** floor(log10(max(most, 10)) - 0.3)
    step = next(one * magnitude for one in (1, 2, 5, 10) if most / (one * magnitude) <= 6)
    return step, step * -(-most // step)


def text(x: float, y: float, words: str, classes: str) -> str:
    return f'  <text class="{classes}" x="{x}" y="{y}">{escape(words)}</text>'


def spaced(value: float) -> str:
    """Return a number with its thousands apart."""
    return f"{value:,.0f}".replace(",", " ")
