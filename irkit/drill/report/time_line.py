"""The time line of a drill as data, before any drawing: lanes of rows of bars and marks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment on the time line. `look` is how it is drawn."""

    t: int
    look: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A span on the time line. `count` stands in it where it is more than one."""

    start: int
    end: int
    look: str
    title: str
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRow:
    """One labelled row of a lane."""

    label: str
    marks: tuple[Mark, ...] = ()
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One side of the time line: `intruder`, `seats`, `responders` or `exercise`."""

    name: str
    rows: tuple[LaneRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """From `t` on so many seats were alive, and of so many more nobody knows."""

    t: int
    alive: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """What the drawing shows: flags through all lanes, the lanes, and how many seats lived."""

    end: int
    flags: tuple[Mark, ...]
    lanes: tuple[Lane, ...]
    levels: tuple[Level, ...]
