"""The time line as inline SVG: intruder above, the seats that lived between, responders below.

Shape and word carry the meaning, colour only underlines it: what worked is a cross, what was
refused a ring, what came back a triangle, what was lost one upside down. Colours are classes of the
page, so that light, dark and print each have their own. There is a wide drawing and a narrow one
for phones, of the same lanes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import escape

from irkit.drill.report.time_line import Bar, Lane, LaneRow, Level, Mark, TimeLine
from irkit.model.visible import visible
from irkit.report.times import passed

_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_PAD: Final = 14
_LEVEL: Final = 15
_TITLE: Final = 22
_AREA: Final = 64
_LETTER: Final = 6.2
"""How wide a letter of a flag is, about."""
_MOST: Final = 12
"""So many things at one place are told by name."""

TITLES: Final = {
    "intruder": "Intruder",
    "seats": "Seats that lived",
    "responders": "Responders",
    "exercise": "Exercise",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The measures of a drawing, in its own units."""

    name: str
    width: int
    left: int
    row: int
    above: int
    ticks: int
    letters: int


WIDE: Final = Shape(name="wide", width=1040, left=178, row=21, above=0, ticks=12, letters=26)
NARROW: Final = Shape(name="narrow", width=372, left=6, row=32, above=13, ticks=5, letters=46)


def drawing(line: TimeLine, shape: Shape) -> str:
    """Return the drawing, or nothing for a drill in which no time passed."""
    if line.end <= 0 or not line.lanes:
        return ""
    return "\n".join(_Drawing(line=line, shape=shape).parts())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """One time line in one shape."""

    line: TimeLine
    shape: Shape

    def parts(self) -> Iterator[str]:
        """Yield the elements in the order in which they are painted."""
        flags, levels = self._flags()
        head = levels * _LEVEL + 24
        body, height = self._lanes(head)
        name = self.shape.name
        yield (
            f'<svg class="timeline {name}" viewBox="0 0 {self.shape.width} {height}" role="img" '
            f'aria-labelledby="tl-{name}-t tl-{name}-d">'
        )
        yield f'<title id="tl-{name}-t">Time line of {passed(self.line.end)}</title>'
        yield f'<desc id="tl-{name}-d">{_text(_described(self.line))}</desc>'
        yield _hatching(name)
        yield from self._axis(head, height)
        yield from body
        for x, level, flag in flags:
            yield from self._flag(x, level, flag, height)
        yield "</svg>"

    def x(self, t: int) -> float:
        """Return where a moment is."""
        room = self.shape.width - self.shape.left - _PAD
        return self.shape.left + room * min(max(t, 0), self.line.end) / self.line.end

    def _flags(self) -> tuple[list[tuple[float, int, Mark]], int]:
        """Return each flag with its place and its line of words, and how many such lines are."""
        taken: list[float] = []
        found = []
        for flag in self.line.flags:
            x = self.x(flag.t)
            start, end = self._span(x, flag)
            level = next((n for n, until in enumerate(taken) if until < start), len(taken))
            taken[level : level + 1] = [end + 8]
            found.append((x, level, flag))
        return found, max(len(taken), 1)

    def _span(self, x: float, flag: Mark) -> tuple[float, float]:
        """Return from where to where a flag's words are: to the right, or left where no room is."""
        wide = (len(flag.title) + 6) * _LETTER
        return (x - wide, x) if self._to_left(x, wide) else (x, x + wide)

    def _to_left(self, x: float, wide: float) -> bool:
        return x + wide > self.shape.width

    def _flag(self, x: float, level: int, flag: Mark, height: int) -> Iterator[str]:
        wide = (len(flag.title) + 6) * _LETTER
        left = self._to_left(x, wide)
        top = 11 + level * _LEVEL
        anchor, dx = ("end", -4) if left else ("start", 4)
        said = f"{passed(flag.t)} {visible(flag.title)}"
        yield _line(f"flag {flag.look}", (x, top - 9), (x, height - 8))
        yield (
            f'<text class="flag-word {flag.look}" x="{_n(x + dx)}" y="{top}" '
            f'text-anchor="{anchor}">{_text(said)}</text>'
        )

    def _axis(self, head: int, height: int) -> Iterator[str]:
        steps = (step for step in _STEPS if self.line.end / step <= self.shape.ticks)
        step = next(steps, _STEPS[-1])
        for t in range(0, self.line.end + 1, step):
            x = self.x(t)
            anchor = "start" if x < self.shape.left + 12 else "middle"
            anchor = "end" if x > self.shape.width - 24 else anchor
            yield _line("grid", (x, head - 4), (x, height - 8))
            yield (
                f'<text class="axis" x="{_n(x)}" y="{head - 8}" text-anchor="{anchor}">'
                f"{_tick(t, step)}</text>"
            )

    def _lanes(self, top: int) -> tuple[list[str], int]:
        found: list[str] = []
        for lane in self.line.lanes:
            found += self._title(lane, top)
            top += _TITLE
            if lane.name == "seats":
                found += self._area(top)
                top += _AREA + 8
            for row in lane.rows:
                found += self._row(row, lane, top)
                top += self.shape.row
            top += 6
        return found, top + 6

    def _title(self, lane: Lane, top: int) -> Iterator[str]:
        y = top + _TITLE - 7
        yield _line("lane", (0, top + 2), (self.shape.width, top + 2))
        yield f'<text class="lane-title {lane.name}" x="0" y="{y}">{TITLES[lane.name]}</text>'

    def _row(self, row: LaneRow, lane: Lane, top: int) -> Iterator[str]:
        shape = self.shape
        middle = top + shape.above + (shape.row - shape.above) / 2
        label = _text(_short(row.label, shape.letters))
        if shape.above:
            yield f'<text class="label {lane.name}" x="0" y="{top + 10}">{label}</text>'
        else:
            at = f'x="{shape.left - 12}" y="{_n(middle + 4)}" text-anchor="end"'
            yield f'<text class="label {lane.name}" {at}>{label}</text>'
        for bar in row.bars:
            yield from self._bar(bar, middle)
        for mark in self._apart(row.marks):
            yield self._mark(mark, middle)

    def _apart(self, marks: tuple[Mark, ...]) -> Iterator[Mark]:
        """Yield one mark of a look for each place: a thousand must not be as many shapes."""
        places: dict[tuple[str, int], list[Mark]] = {}
        for mark in marks:
            places.setdefault((mark.look, round(self.x(mark.t))), []).append(mark)
        for found in places.values():
            titles = list(dict.fromkeys(mark.title for mark in found))
            rest = f"; and {len(titles) - _MOST} more" if len(titles) > _MOST else ""
            yield replace(found[0], title="; ".join(titles[:_MOST]) + rest)

    def _bar(self, bar: Bar, middle: float) -> Iterator[str]:
        x, thick = self.x(bar.start), _THICK[bar.look]
        width = max(self.x(bar.end) - x, 2)
        fill = f' fill="url(#hatch-{self.shape.name})"' if bar.look in _HATCHED else ""
        yield (
            f'<rect class="bar {bar.look}"{fill} x="{_n(x)}" y="{_n(middle - thick / 2)}" '
            f'width="{_n(width)}" height="{thick}" rx="{min(thick // 2, 2)}">'
            f"<title>{_text(bar.title)} ({passed(max(bar.end - bar.start, 0))})</title></rect>"
        )
        if bar.count > 1 and width > 14:  # noqa: PLR2004  # room for a number
            yield f'<text class="count" x="{_n(x + 5)}" y="{_n(middle + 4)}">{bar.count}</text>'

    def _mark(self, mark: Mark, middle: float) -> str:
        x, title = self.x(mark.t), f"<title>{passed(mark.t)} {_text(mark.title)}</title>"
        found = _PATHS.get(mark.look)
        if found is None:
            r = "4" if mark.look == "refused" else "3.6"
            at = f'cx="{_n(x)}" cy="{_n(middle)}" r="{r}"'
            return f'<circle class="mark {mark.look}" {at}>{title}</circle>'
        dx, dy, path = found
        start = f"M{_n(x + dx)},{_n(middle + dy)}"
        return f'<path class="mark {mark.look}" d="{start}{path}">{title}</path>'

    def _area(self, top: int) -> Iterator[str]:
        """Draw how many seats were alive: steps, with a line for each number that was reached."""
        levels = self.line.levels
        most = max((level.alive + level.unknown for level in levels), default=0)
        base = top + _AREA
        if not most:
            return
        step = _AREA / most
        yield from self._scale(most, step, base)
        for name, counts in (
            ("maybe", [level.alive + level.unknown for level in levels]),
            ("alive", [level.alive for level in levels]),
        ):
            fill = f' fill="url(#hatch-{self.shape.name})"' if name == "maybe" else ""
            if name == "maybe" and not any(level.unknown for level in levels):
                continue
            path = self._steps(levels, [base - count * step for count in counts], base)
            yield f'<path class="area {name}"{fill} d="{path}"/>'

    def _scale(self, most: int, step: float, base: float) -> Iterator[str]:
        """Draw the numbers at the side: none, the most, and those between that have room."""
        every = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if n * step >= 15)  # noqa: PLR2004
        right = self.shape.width - _PAD
        for count in range(every, most + 1, every):
            y = base - count * step
            yield _line("level", (self.shape.left, y), (right, y))
            at = f'x="{self.shape.left - 12}" y="{_n(y + 4)}" text-anchor="end"'
            if self.shape.above:
                at = f'x="{self.shape.left + 2}" y="{_n(y + 10)}"'
            yield f'<text class="axis" {at}>{count}</text>'

    def _steps(self, levels: tuple[Level, ...], heights: list[float], base: float) -> str:
        path = f"M{_n(self.x(levels[0].t))},{_n(base)}"
        for level, y in zip(levels, heights, strict=True):
            path += f"H{_n(self.x(level.t))}V{_n(y)}"
        return f"{path}H{_n(self.x(self.line.end))}V{_n(base)}Z"


_THICK: Final = {"alive": 13, "unknown": 13, "dead": 2, "wait": 9, "broken": 9}
_HATCHED: Final = frozenset({"unknown", "broken"})
_CROSS: Final = (-4, -4, "l8,8m0,-8l-8,8")
_PATHS: Final = {
    "worked": _CROSS,
    "bad": _CROSS,
    "back": (0, -5, "l5,9h-10z"),
    "lost": (0, 5, "l5,-9h-10z"),
    "person": (0, -5, "l5,5l-5,5l-5,-5z"),
    "told": (-4, -3.5, "h8v7h-8z"),
}
"""How the marks are drawn, from where; all others are circles."""


def _described(line: TimeLine) -> str:
    """Return the drawing in words: what the flags say, and what each row holds."""
    flags = "; ".join(f"{passed(flag.t)} {flag.title}" for flag in line.flags)
    rows = "; ".join(
        f"{TITLES[lane.name]}: {', '.join(row.label for row in lane.rows)}" for lane in line.lanes
    )
    most = max((level.alive for level in line.levels), default=0)
    return f"Flags: {flags or 'none'}. Rows: {rows}. At most {most} seats were alive at once."


def _hatching(name: str) -> str:
    """Return the pattern of what is not known."""
    return (
        f'<defs><pattern id="hatch-{name}" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="hatch-ground" width="6" height="6"/>'
        '<line class="hatch-line" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
    )


def _tick(t: int, step: int) -> str:
    return f"{t // 60}m" if step >= 60 else passed(t)  # noqa: PLR2004  # a minute


def _short(label: str, most: int) -> str:
    shown = visible(label)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _text(text: str) -> str:
    return escape(visible(text))


def _line(look: str, start: tuple[float, float], end: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line class="{look}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'


def _n(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")
