"""What the records of one drill add up to: a value that reports, pages and measures read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from irkit.canonical import JsonObject
from irkit.drill.record.kinds import Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """From the trail's moment `at`, exercise time goes on from `t` at `speed`, 0 if it stands."""

    at: datetime
    t: int
    speed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing the intruder tried.

    Attributes:
        t: Exercise time.
        tactic: The scenario's tactic.
        do: The verb.
        worked: Whether the providers did it.
        why: What they said where they did not.
        using: The seat it was done with, empty for none.
        gives: What the intruder holds from it.
        made: What it left behind by sort (`keys`, `machines`, …), as the providers name it.
        again: Whether it brought back what was held and lost before.
        attack: The ATT&CK technique.
        calls: How many requests it took.
    """

    t: int
    tactic: str
    do: str
    worked: bool
    why: str = ""
    using: str = ""
    gives: tuple[str, ...] = ()
    made: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    again: bool = False
    attack: str = ""
    calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLife:
    """One seat, and how it stood: `states` are (time, state) pairs, the oldest first.

    `records` are the trail's records that say so, one for each state.
    """

    id: str
    kind: str
    label: str
    by: str = ""
    again: bool = False
    states: tuple[tuple[int, str], ...] = ()
    records: tuple[int, ...] = ()

    @property
    def since(self) -> int:
        """Return when it was first there."""
        return self.states[0][0]

    @property
    def state(self) -> str:
        """Return how it stands."""
        return self.states[-1][1]

    def at(self, t: int) -> str:
        """Return how it stood at a time, empty before it was there."""
        return next((state for moment, state in reversed(self.states) if moment <= t), "")

    @property
    def died_at(self) -> int | None:
        """Return since when it is dead for good, None while it is not.

        What could not be tried in between was no way back.
        """
        if self.state != "dead":
            return None
        died = self.states[-1][0]
        for moment, state in reversed(self.states):
            if state == "alive":
                break
            if state == "dead":
                died = moment
        return died


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The intruder noticed that a holding is gone."""

    t: int
    holding: str
    seat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An inject that people were given; `skipped` ones were left out by `by`."""

    t: int
    inject: str
    to: str = ""
    channel: str = ""
    text: str = ""
    why: str = ""
    decision: str = ""
    skipped: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Somebody, or the run `run`, said `contained`; `alive` are the seats that were not dead."""

    t: int
    by: str
    run: str = ""
    alive: tuple[str, ...] = ()

    @property
    def false(self) -> bool:
        """Say whether a seat was alive then."""
        return bool(self.alive)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that somebody said, noted or told.

    `about` is the audience of a post, the decision, question or expectation it answers, or empty.
    """

    t: int
    by: str
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer to a question about what happened."""

    t: int
    by: str
    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An approver's word on what was asked: `voice` said it, `by` heard it. It signs nothing."""

    t: int
    by: str
    about: str
    voice: str
    yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The facilitator's word on an expectation."""

    t: int
    by: str
    expectation: str
    met: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HintGiven:
    """A hint, and what it costs."""

    t: int
    by: str
    text: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSpan:
    """Something that was broken from `t` until `until`, None while it still is."""

    t: int
    what: str
    who: str = ""
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Why and when it ended."""

    t: int
    at: datetime
    why: Ending
    text: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Somebody took a role."""

    t: int
    who: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill, as far as its records go.

    `source` is the scenario's whole text and `digest` its digest; `first_n` is the record that
    opened it. `asked` are approvals that were asked for in words, each `about` its own name.
    `score` is the recorded scorecard.
    """

    id: str
    scenario: str
    title: str
    version: str
    digest: str
    source: str
    style: str
    seed: int
    speed: int
    solo: bool
    lasts: int
    opened_at: datetime
    opened_by: str
    first_n: int
    anchors: tuple[Anchor, ...] = ()
    people: tuple[Joined, ...] = ()
    acts: tuple[Act, ...] = ()
    losses: tuple[Loss, ...] = ()
    seats: Mapping[str, SeatLife] = field(default_factory=dict)
    bystanders: Mapping[str, SeatLife] = field(default_factory=dict)
    injects: tuple[Given, ...] = ()
    hints: tuple[HintGiven, ...] = ()
    broken: tuple[BrokenSpan, ...] = ()
    declared: tuple[Said, ...] = ()
    claims: tuple[Claim, ...] = ()
    decided: tuple[Said, ...] = ()
    answered: tuple[Answered, ...] = ()
    asked: tuple[Said, ...] = ()
    heard: tuple[Heard, ...] = ()
    posts: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()
    judged: tuple[Judged, ...] = ()
    end: End | None = None
    score: JsonObject = field(default_factory=dict)
    last_t: int = 0

    @property
    def running(self) -> bool:
        """Say whether exercise time is running."""
        return self.end is None and bool(self.anchors) and self.anchors[-1].speed > 0

    def t_of(self, at: datetime) -> int:
        """Return the exercise time of a moment of the trail."""
        before = [anchor for anchor in self.anchors if anchor.at <= at]
        if not before:
            return 0
        anchor = before[-1]
        return anchor.t + int((at - anchor.at).total_seconds() * anchor.speed)

    def at_of(self, t: int) -> datetime:
        """Return the first moment of the trail at which exercise time was `t`."""
        reached = [anchor for anchor in self.anchors if anchor.t <= t]
        if not reached:
            return self.opened_at
        anchor = reached[-1]
        return anchor.at + timedelta(seconds=(t - anchor.t) / (anchor.speed or 1))

    def alive_at(self, t: int) -> tuple[SeatLife, ...]:
        """Return the seats that were not dead at a time."""
        return tuple(seat for seat in self.seats.values() if seat.at(t) not in {"", "dead"})

    @property
    def role_of(self) -> Mapping[str, tuple[str, ...]]:
        """Return each person's roles."""
        found: dict[str, tuple[str, ...]] = {}
        for joined in self.people:
            found[joined.who] = (*found.get(joined.who, ()), joined.role)
        return found
