"""What the facilitator sees: the truth, what is still to come, and what waits for a judgement."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from irkit.drill.exercise.lines import lines
from irkit.drill.exercise.steering import to_come
from irkit.drill.measures.expectations import takes_a_word
from irkit.drill.pages.public import Entry, minutes, words
from irkit.drill.record.deeds import Done
from irkit.drill.record.state import Drill
from irkit.drill.scenario.model import Inject, Scenario, Style

_NEWEST: Final = 150
"""Lines of the story that are shown while the drill is on; at its end it is told whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A credential of the intruder's, and how it stood when it was tried last."""

    label: str
    state: str
    since: str
    by: str
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A message that has not been given yet, and what it waits for."""

    id: str
    to: str
    channel: str
    text: str
    waits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What was expected, and what was said of it so far. The rest is measured, not judged."""

    id: str
    what: str
    by: str
    judged: str
    by_word: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A line of the whole story. `good` is whether it is good for the responders."""

    when: str
    lane: str
    text: str
    good: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What only the facilitator knows while the drill is on."""

    seats: tuple[Seat, ...]
    coming: tuple[Coming, ...]
    expected: tuple[Expected, ...]
    good: tuple[tuple[str, str], ...]
    broken: tuple[str, ...]
    notes: tuple[Entry, ...]
    story: tuple[Happened, ...]
    codes: tuple[tuple[str, str], ...]


def truth(
    drill: Drill, scenario: Scenario, deeds: Iterable[Done], codes: Iterable[tuple[str, str]]
) -> Truth:
    """Return the truth of a drill as it stands."""
    return Truth(
        seats=tuple(
            Seat(
                label=seat.label,
                state=seat.state,
                since=minutes(seat.states[-1][0]),
                by=seat.by,
                again=seat.again,
            )
            for seat in drill.seats.values()
        ),
        coming=tuple(_coming(item) for item in to_come(drill).values()),
        expected=tuple(_expected(drill, scenario)),
        good=tuple(
            (decision.ask, " or ".join(words(option) for option in decision.good))
            for decision in scenario.decisions.values()
        ),
        broken=tuple(
            f"{words(span.what)} {span.who}".strip() for span in drill.broken if span.until is None
        ),
        notes=tuple(Entry(t=said.t, text=f"{said.by}: {said.text}") for said in drill.notes)[::-1],
        story=story(drill, deeds)[::-1][:_NEWEST],
        codes=tuple(codes),
    )


def story(drill: Drill, deeds: Iterable[Done]) -> tuple[Happened, ...]:
    """Return everything that happened on both sides, the oldest first."""
    return tuple(
        Happened(
            when=minutes(line.t),
            lane=str(line.lane),
            text=line.text.replace("[EXERCISE] ", ""),
            good=line.good,
        )
        for line in lines(drill, deeds)
    )


def _coming(inject: Inject) -> Coming:
    delay = minutes(int(inject.delay.total_seconds()))
    if inject.at is not None:
        waits = f"at {minutes(int(inject.at.total_seconds()))}"
    elif inject.after:
        waits = f"{delay} after the intruder's {inject.after}"
    else:
        waits = f"{delay} after: {words(str(inject.when))}"
    return Coming(id=inject.id, to=inject.to, channel=inject.channel, text=inject.text, waits=waits)


def _expected(drill: Drill, scenario: Scenario) -> Iterator[Expected]:
    said = {item.expectation: item for item in drill.judged}
    for item in scenario.expect:
        word = said.get(item.id)
        judged = "" if word is None else "met" if word.met else "missed"
        note = f": {word.note}" if word is not None and word.note else ""
        yield Expected(
            id=item.id,
            what=item.what,
            by=item.by,
            judged=f"{judged}{note}",
            by_word=takes_a_word(item, only_talked=drill.style == Style.TABLETOP),
        )
