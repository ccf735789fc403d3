"""The rows of a timeline: bars over a span of time and marks at a moment, before any drawing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from irkit.report.story_model import Event, PhaseStory, SeatStory, Story
from irkit.report.times import clock, exact

INTRUDER: Final = "intruder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A span of time. `look` is how it is drawn: `alive`, `unknown`, `dead`, `wait`, `work`."""

    start: datetime
    end: datetime
    look: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A moment. `look` is how it is drawn: `good`, `bad`, `warn`, `plain`, `person`, `act`."""

    at: datetime
    look: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One labelled row. `side` is whose: the intruder's, the seats, the responders'."""

    label: str
    side: str
    bars: tuple[Bar, ...] = ()
    ticks: tuple[Tick, ...] = ()


def rows(story: Story) -> tuple[Row, ...]:
    """Return the rows from the intruder's on top to the watch at the bottom."""
    end = span(story)[1]
    found = [
        *_intruder(story.events),
        *(_seat(seat, end) for seat in story.seats if seat.points),
        *(_phase(phase, story, end) for phase in story.phases if phase.changes),
        *_people(story.events),
        *_watch(story.events),
    ]
    return tuple(found)


def span(story: Story) -> tuple[datetime, datetime]:
    """Return the first and the last moment of the story."""
    moments = [event.at for event in story.events]
    moments += [run.opened_at for run in story.runs if run.opened_at]
    moments += [run.last_at for run in story.runs if run.last_at]
    return min(moments), max(moments)


def _intruder(events: Sequence[Event]) -> Iterator[Row]:
    acts = [event for event in events if event.lane == INTRUDER]
    if acts:
        ticks = tuple(Tick(at=act.at, look="act", title=_title(act)) for act in acts)
        yield Row(label="Intruder", side="intruder", ticks=ticks)


def _seat(seat: SeatStory, end: datetime) -> Row:
    bars: list[Bar] = []
    ends = [at for at, _ in seat.points[1:]] + [max(end, seat.points[-1][0])]
    for (at, state), until in zip(seat.points, ends, strict=True):
        look = state if state in {"alive", "dead"} else "unknown"
        if bars and bars[-1].look == look:
            bars[-1] = Bar(start=bars[-1].start, end=until, look=look, title=bars[-1].title)
        else:
            title = f"{seat.label}: {state} when tried at {clock(at)}"
            bars.append(Bar(start=at, end=until, look=look, title=title))
    return Row(label=seat.label, side="seat", bars=tuple(bars))


def _phase(phase: PhaseStory, story: Story, end: datetime) -> Row:
    own = [c for c in story.changes if c.phase == phase.id and c.run == phase.run]
    bars = []
    if phase.ready_at:
        until = phase.approved_at or phase.first_made_at or end
        waited = exact(until - phase.ready_at)
        title = f"{phase.name}: ready {clock(phase.ready_at)}, approved after {waited}"
        bars.append(Bar(start=phase.ready_at, end=until, look="wait", title=title))
    last = max((c.verified_at or c.made_at for c in own if c.made_at), default=None)
    begun = phase.approved_at or phase.first_made_at
    if begun and last:
        title = f"{phase.name}: {phase.good} of {phase.changes} as planned by {clock(last)}"
        bars.append(Bar(start=begun, end=last, look="work", title=title))
    ticks = tuple(
        Tick(
            at=change.made_at,
            look="good" if change.stage == "verified" else "bad",
            title=f"{change.verb} {change.target}: {change.stage}",
        )
        for change in own
        if change.made_at
    )
    return Row(label=phase.name, side="responder", bars=tuple(bars), ticks=ticks)


def _people(events: Sequence[Event]) -> Iterator[Row]:
    acts = [event for event in events if event.lane == "people"]
    if acts:
        ticks = tuple(Tick(at=act.at, look="person", title=_title(act)) for act in acts)
        yield Row(label="People", side="responder", ticks=ticks)


def _watch(events: Sequence[Event]) -> Iterator[Row]:
    looks = [event for event in events if event.word in _LOOKS]
    if not looks:
        return
    ticks = tuple(Tick(at=e.at, look=_LOOKS[e.word], title=_title(e)) for e in looks)
    bar = Bar(start=looks[0].at, end=looks[-1].at, look="watch", title="looked at again and again")
    yield Row(label="Watch", side="responder", bars=(bar,), ticks=ticks)


_LOOKS: Final = {"still holds": "good", "LOST AGAIN": "bad", "not readable": "warn"}


def _title(event: Event) -> str:
    said = " ".join(filter(None, (event.word, event.what)))
    notes = f" ({', '.join(event.notes)})" if event.notes else ""
    return f"{clock(event.at)} {said}{notes}"
