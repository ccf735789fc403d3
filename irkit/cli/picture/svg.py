"""A playbook as one self-contained SVG: no script, no font and no file from anywhere.

Phases stand below those they need, side by side where they may run at the same time. Colour is
never alone: every row begins with the word of its kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from irkit.cli.picture.boxes import Box, Row

_WIDTH: Final = 430
_GAP_X: Final = 40
_GAP_Y: Final = 46
_MARGIN: Final = 24
_LINE: Final = 19
_HEAD: Final = 34
_PAD: Final = 12
_INDENT: Final = 16
_CHARACTER: Final = 7.3
"""Width of a character of the monospaced font at its size."""

_COLOURS: Final = {
    "do": "#b42318",
    "read": "#175cd3",
    "manual": "#b54708",
    "undo": "#b42318",
    "require": "#6941c6",
    "if": "#6941c6",
}
_STYLE: Final = (
    "text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328}"
    ".t{font-weight:700;font-size:14px}.f,.n{fill:#57606a}.k{font-weight:700}"
    ".b{fill:#fff;stroke:#8c959f}.g{stroke-dasharray:5 4}.e{fill:none;stroke:#57606a}"
)


_ARROW_HEAD: Final = (
    '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a box stands; `below` is where the next row begins."""

    x: int
    y: int
    height: int
    below: int


def svg(title: str, drawn: tuple[Box, ...]) -> str:
    """Return the document."""
    places = _places(drawn)
    width = max(place.x + _WIDTH for place in places.values()) + _MARGIN
    height = max(place.y + place.height for place in places.values()) + _MARGIN
    lines = [
        _opening(width, height),
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        _ARROW_HEAD,
        f'<rect width="{width}" height="{height}" fill="#f6f8fa"/>',
        f'<text class="t" x="{_MARGIN}" y="{_MARGIN + 8}">{escape(title)}</text>',
    ]
    for box in drawn:
        lines += [_arrow(places[need], places[box.id]) for need in box.needs]
    for box in drawn:
        lines += _box(box, places[box.id])
    return "\n".join([*lines, "</svg>"])


def _opening(width: int, height: int) -> str:
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'


def _places(drawn: tuple[Box, ...]) -> Mapping[str, _Place]:
    levels: dict[str, int] = {}
    for box in drawn:
        levels[box.id] = max((levels[need] + 1 for need in box.needs), default=0)
    places: dict[str, _Place] = {}
    top = _MARGIN + 28
    for level in range(max(levels.values(), default=0) + 1):
        row = [box for box in drawn if levels[box.id] == level]
        below = top + max(_height(box) for box in row) + _GAP_Y
        for column, box in enumerate(row):
            x = _MARGIN + column * (_WIDTH + _GAP_X)
            places[box.id] = _Place(x=x, y=top, height=_height(box), below=below)
        top = below
    return places


def _height(box: Box) -> int:
    lines = len(box.facts) + sum(1 + len(row.notes) for row in box.rows)
    return _HEAD + lines * _LINE + _PAD


def _arrow(start: _Place, end: _Place) -> str:
    """Draw down to the next row, or beside the boxes of the rows that lie between."""
    x1, y1 = start.x + _WIDTH // 2, start.y + start.height
    x2, y2 = end.x + _WIDTH // 2, end.y
    path = f"M{x1} {y1}"
    if start.below < y2:
        path += f"L{x1} {start.below - _GAP_Y}"
        side = start.x + _WIDTH + _GAP_X // 2
        path += _bend(x1, side, start.below)
        x1 = side
    path += f"L{x1} {y2 - _GAP_Y}{_bend(x1, x2, y2)}"
    return f'<path class="e" d="{path}" marker-end="url(#a)"/>'


def _bend(x1: int, x2: int, y: int) -> str:
    """Change over between two rows, down to `y`."""
    middle = y - _GAP_Y // 2
    return f"C{x1} {middle} {x2} {middle} {x2} {y}"


def _box(box: Box, place: _Place) -> Iterator[str]:
    dashed = " g" if box.background else ""
    yield (
        f'<rect class="b{dashed}" x="{place.x}" y="{place.y}" width="{_WIDTH}" '
        f'height="{place.height}" rx="6"/>'
    )
    x, y = place.x + _PAD, place.y + 22
    yield f'<text class="t" x="{x}" y="{y}">{_cut(box.title, _WIDTH - 2 * _PAD)}</text>'
    y += _HEAD - 22
    for fact in box.facts:
        y += _LINE
        yield f'<text class="f" x="{x}" y="{y - 7}">{_cut(fact, _WIDTH - 2 * _PAD)}</text>'
    for row in box.rows:
        y += _LINE
        yield from _row(row, x + row.depth * _INDENT, y - 5, place.x + _WIDTH - _PAD)
        y += _LINE * len(row.notes)


def _row(row: Row, x: int, y: int, right: int) -> Iterator[str]:
    colour = _COLOURS.get(row.kind, "#1f2328")
    room = right - x - int((len(row.kind) + 1) * _CHARACTER)
    yield (
        f'<text x="{x}" y="{y}"><title>{escape(row.text)}</title>'
        f'<tspan class="k" style="fill:{colour}">{escape(row.kind)}</tspan> '
        f"{_cut(row.text, room)}</text>"
    )
    for number, note in enumerate(row.notes, 1):
        told = _cut(note, right - x - 2 * _INDENT)
        yield f'<text class="n" x="{x + 2 * _INDENT}" y="{y + number * _LINE}">{told}</text>'


def _cut(text: str, room: int) -> str:
    """Return `text` escaped, cut to what fits into `room` pixels."""
    fits = max(int(room / _CHARACTER), 4)
    return escape(text if len(text) <= fits else f"{text[: fits - 1]}…")
