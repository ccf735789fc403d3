"""What everybody in the exercise may know: the clock, who plays, and what people did and said.

Nothing here comes from the intruder's side, and no message that was meant for one role alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from irkit.drill.exercise.lines import of_runs
from irkit.drill.record.deeds import Done
from irkit.drill.record.kinds import Ending
from irkit.drill.record.state import Drill, End
from irkit.drill.scenario.model import Right, Scenario

_MINUTE: Final = 60

ENDED: Final = {
    Ending.EVICTED: "The intruder had nothing left and did not come back.",
    Ending.GOAL: "The intruder reached its goal.",
    Ending.CLOCK: "The time was up.",
    Ending.STOPPED: "The facilitator ended it.",
    Ending.REAL: "A real incident has begun. Stop playing, and follow the real one.",
    Ending.DIED: "The process that ran it was lost.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that people did or said."""

    t: int
    text: str

    @property
    def when(self) -> str:
        """Return its exercise time."""
        return minutes(self.t)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """A role at the table, and who has it. `missing` is how many people it still wants."""

    role: str
    people: tuple[str, ...]
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """What everybody may know. `log` has the newest first."""

    drill: str
    title: str
    now: int
    lasts: int
    running: bool
    ended: str
    real: bool
    table: tuple[Seats, ...]
    log: tuple[Entry, ...]
    summary: tuple[str, ...]

    @property
    def clock(self) -> str:
        """Return the exercise's time."""
        return minutes(self.now)

    @property
    def length(self) -> str:
        """Return how long it lasts at most."""
        return minutes(self.lasts)

    @property
    def state(self) -> str:
        """Return how it stands, in a word."""
        return "over" if self.ended else "running" if self.running else "paused"


def public(drill: Drill, scenario: Scenario, deeds: Iterable[Done], now: int) -> Public:
    """Return what everybody may know at an exercise time."""
    table = tuple(_table(drill, scenario))
    runs = (Entry(t=line.t, text=line.text) for line in of_runs(deeds))
    log = sorted((*runs, *_log(drill, scenario)), key=lambda entry: entry.t)
    end = drill.end
    return Public(
        drill=drill.id,
        title=drill.title,
        now=end.t if end else now,
        lasts=drill.lasts,
        running=drill.running,
        ended=_end(end) if end else "",
        real=end is not None and end.why is Ending.REAL,
        table=table,
        log=tuple(log[::-1]),
        summary=five_lines(drill, scenario, now, table),
    )


def five_lines(
    drill: Drill, scenario: Scenario, now: int, table: tuple[Seats, ...]
) -> tuple[str, ...]:
    """Return the exercise in five lines, for whoever comes late."""
    taken = [f"{seats.role} {' and '.join(seats.people)}" for seats in table if seats.people]
    free = [seats.role for seats in table if seats.missing]
    declared = [f"{minutes(said.t)} by {said.by}: {_bare(said.text)}" for said in drill.declared]
    decided = [f"{_ask(scenario, said.about)} {words(said.text)}" for said in drill.decided]
    claimed = [f"{minutes(claim.t)} by {claim.by}" for claim in drill.claims]
    open_ = [said.about for said in drill.asked if not _heard(drill, said.about)]
    standing = "" if drill.running else ", and it is over" if drill.end else ", and time is paused"
    return (
        f"This is an exercise, “{drill.title}”: nothing real is touched, and nobody is ranked.",
        f"It is minute {now // _MINUTE} of {drill.lasts // _MINUTE}{standing}.",
        f"At the table: {'; '.join(taken) or 'nobody yet'}."
        + (f" Still wanted: {', '.join(free)}." if free else ""),
        (f"An incident was declared at {declared[0]}." if declared else "No incident is declared.")
        + (f" Contained was said at {claimed[-1]}." if claimed else ""),
        f"Decided: {'; '.join(decided) or 'nothing yet'}."
        + (f" Waiting for a yes: {', '.join(open_)}." if open_ else ""),
    )


def minutes(seconds: int) -> str:
    """Return exercise time as minutes and seconds."""
    return f"{seconds // _MINUTE}:{seconds % _MINUTE:02}"


def words(name: str) -> str:
    """Return a name of a scenario as people read it: `call_back` as `call back`."""
    return name.replace("_", " ")


def reachable(scenario: Scenario) -> int | None:
    """Return within how many seconds an approver has to be reached, None where nothing is said."""
    spans = [
        int(role.reachable_within.total_seconds())
        for role in scenario.roles.values()
        if Right.APPROVE in role.can and role.reachable_within is not None
    ]
    return min(spans, default=None)


def _table(drill: Drill, scenario: Scenario) -> Iterator[Seats]:
    for role in scenario.roles.values():
        people = tuple(dict.fromkeys(item.who for item in drill.people if item.role == role.name))
        yield Seats(role=role.name, people=people, missing=max(role.least - len(people), 0))


def _log(drill: Drill, scenario: Scenario) -> Iterator[Entry]:
    for said in drill.declared:
        yield Entry(t=said.t, text=f"{said.by} declared an incident: {_bare(said.text)}")
    for claim in drill.claims:
        yield Entry(t=claim.t, text=f"{'A run' if claim.run else claim.by} said: contained")
    for said in drill.decided:
        text = f"{said.by} decided. {_ask(scenario, said.about)} {words(said.text)}"
        yield Entry(t=said.t, text=text)
    for said in drill.asked:
        text = f"{said.by} asked for approval {said.about}: {_bare(said.text)}"
        yield Entry(t=said.t, text=text)
    for heard in drill.heard:
        word = "yes" if heard.yes else "no"
        yield Entry(t=heard.t, text=f"{heard.voice} said {word} to {heard.about}, by voice")
    for said in drill.posts:
        yield Entry(t=said.t, text=f"{said.by} told {said.about}: {_bare(said.text)}")
    for hint in drill.hints:
        text = f"Hint, for {hint.points} points: {hint.text}"
        yield Entry(t=hint.t, text=text)
    for anchor in drill.anchors[1:]:
        yield Entry(t=anchor.t, text="Time goes on" if anchor.speed else "Time is paused")


def _end(end: End) -> str:
    return f"{ENDED[end.why]} “{end.text}”" if end.text else ENDED[end.why]


def _ask(scenario: Scenario, decision: str) -> str:
    known = scenario.decisions.get(decision)
    return known.ask if known else decision


def _heard(drill: Drill, about: str) -> bool:
    return any(heard.about == about for heard in drill.heard)


def _bare(text: str) -> str:
    """Return a text without the mark that every page carries already."""
    return text.removeprefix("[EXERCISE] ")
