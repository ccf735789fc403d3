"""The timeline as inline SVG: the intruder above, what they hold between, the responders below.

Shape carries the meaning: alive is a thick bar, unknown is hatched, dead a thin line. Colours are
classes of the page, so that light, dark and print each have their own. There is a wide drawing and
a narrow one (labels above their rows) for phones; both are made of the same rows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape

from irkit.model.visible import visible
from irkit.report.story_model import Story
from irkit.report.timeline_rows import Bar, Row, Tick, rows, span
from irkit.report.times import clock, exact, minute

_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
_HEAD: Final = 30
_PAD: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The measures of a drawing, in its own units."""

    name: str
    width: int
    left: int
    row: int
    above: int
    ticks: int


WIDE: Final = Shape(name="wide", width=1040, left=216, row=26, above=0, ticks=9)
NARROW: Final = Shape(name="narrow", width=372, left=4, row=36, above=14, ticks=4)


def timeline(story: Story, shape: Shape) -> str:
    """Return the drawing, or nothing for a story without two moments."""
    start, end = span(story)
    found = rows(story)
    seconds = (end - start).total_seconds()
    if seconds <= 0 or not found:
        return ""
    height = _HEAD + len(found) * shape.row + _PAD
    scale = _Scale(shape=shape, start=start, seconds=seconds)
    opening = (
        f'<svg class="timeline {shape.name}" viewBox="0 0 {shape.width} {height}" role="img" '
        f'aria-labelledby="tl-{shape.name}-t tl-{shape.name}-d">'
    )
    body = [
        opening,
        f'<title id="tl-{shape.name}-t">Timeline from {clock(start)} to {clock(end)}</title>',
        f'<desc id="tl-{shape.name}-d">{escape(_described(found))}</desc>',
        _hatching(shape),
        *_axis(scale, height),
    ]
    for number, row in enumerate(found):
        body += _row(row, scale, _HEAD + number * shape.row)
    return "\n".join([*body, "</svg>"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    shape: Shape
    start: datetime
    seconds: float

    def x(self, at: datetime) -> float:
        """Return where a moment is."""
        room = self.shape.width - self.shape.left - _PAD
        return self.shape.left + room * (at - self.start).total_seconds() / self.seconds


def _described(found: tuple[Row, ...]) -> str:
    return "Rows: " + "; ".join(visible(row.label) for row in found)


def _hatching(shape: Shape) -> str:
    """Return the pattern of what is not known."""
    return (
        f'<defs><pattern id="hatch-{shape.name}" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="hatch-ground" width="6" height="6"/>'
        '<line class="hatch-line" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
    )


def _axis(scale: _Scale, height: int) -> list[str]:
    step = next((s for s in _STEPS if scale.seconds / s <= scale.shape.ticks), _STEPS[-1])
    first = scale.start.replace(microsecond=0)
    offset = -int(first.timestamp()) % step
    moment = first + timedelta(seconds=offset)
    found = []
    while moment <= scale.start + timedelta(seconds=scale.seconds):
        if moment >= scale.start:
            found.append(_grid(scale, moment, height, minutes=step >= 60))  # noqa: PLR2004
        moment += timedelta(seconds=step)
    return found


def _grid(scale: _Scale, moment: datetime, height: int, *, minutes: bool) -> str:
    x = scale.x(moment)
    anchor = "start" if x < scale.shape.left + 20 else "middle"
    anchor = "end" if x > scale.shape.width - 30 else anchor
    told = minute(moment) if minutes else clock(moment)
    return (
        f'<line class="grid" x1="{_n(x)}" y1="{_HEAD - 8}" x2="{_n(x)}" y2="{height - _PAD}"/>'
        f'<text class="axis" x="{_n(x)}" y="{_HEAD - 14}" text-anchor="{anchor}">{told}</text>'
    )


def _row(row: Row, scale: _Scale, top: int) -> list[str]:
    shape = scale.shape
    middle = top + shape.above + (shape.row - shape.above) / 2
    if shape.above:
        label = f'<text class="label {row.side}" x="{shape.left}" y="{top + 11}">'
    else:
        label = (
            f'<text class="label {row.side}" x="{shape.left - 12}" y="{_n(middle + 4)}" '
            'text-anchor="end">'
        )
    found = [f"{label}{escape(_short(row.label))}</text>"]
    found += [_bar(bar, scale, middle) for bar in row.bars]
    found += [_tick(tick, scale, middle) for tick in _apart(row.ticks, scale)]
    return found


def _apart(ticks: tuple[Tick, ...], scale: _Scale) -> list[Tick]:
    """Return one tick of a look for each place: ten thousand changes must not be as many marks."""
    places: dict[tuple[str, int], Tick] = {}
    for tick in ticks:
        places.setdefault((tick.look, round(scale.x(tick.at))), tick)
    return list(places.values())


def _short(label: str) -> str:
    shown = visible(label)
    return shown if len(shown) <= 28 else f"{shown[:27]}…"  # noqa: PLR2004  # what fits the column


_THICK: Final = {"alive": 12, "unknown": 12, "dead": 2, "wait": 8, "work": 12, "watch": 2}


def _bar(bar: Bar, scale: _Scale, middle: float) -> str:
    x, thick = scale.x(bar.start), _THICK[bar.look]
    width = max(scale.x(bar.end) - x, 2)
    fill = f' fill="url(#hatch-{scale.shape.name})"' if bar.look == "unknown" else ""
    lasted = exact(bar.end - bar.start)
    return (
        f'<rect class="bar {bar.look}"{fill} x="{_n(x)}" y="{_n(middle - thick / 2)}" '
        f'width="{_n(width)}" height="{thick}" rx="{min(thick // 2, 2)}">'
        f"<title>{escape(visible(bar.title))} ({lasted})</title></rect>"
    )


def _tick(tick: Tick, scale: _Scale, middle: float) -> str:
    x = scale.x(tick.at)
    title = f"<title>{escape(visible(tick.title))}</title>"
    match tick.look:
        case "bad" | "act":
            path = f"M{_n(x - 4)},{_n(middle - 4)}l8,8m0,-8l-8,8"
            return f'<path class="tick {tick.look}" d="{path}">{title}</path>'
        case "person":
            path = f"M{_n(x)},{_n(middle - 5)}l5,5l-5,5l-5,-5z"
            return f'<path class="tick person" d="{path}">{title}</path>'
        case _:
            at = f'cx="{_n(x)}" cy="{_n(middle)}"'
            return f'<circle class="tick {tick.look}" {at} r="3.5">{title}</circle>'


def _n(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")
