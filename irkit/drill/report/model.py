"""The after-action report of a drill as plain facts, from which every format is made.

All times are exercise seconds since the drill began, unless a name says otherwise. A measure, a
rating or an answer that nobody knows is None: nothing here stands for what was not measured.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from irkit.canonical import JsonObject
from irkit.drill.report.time_line import TimeLine
from irkit.report.plain import plain

FORMAT: Final = "irkit.drill-report/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """Which drill it was, and of what.

    `state` is why it ended, or `on`. `clock` tells how exercise time ran.
    """

    drill: str
    scenario: str
    title: str
    about: str
    version: str
    digest: str
    difficulty: int
    labels: tuple[str, ...]
    references: tuple[str, ...]
    patient_zero: str
    first_bad: str
    goal: tuple[str, ...]
    playbook: str
    style: str
    solo: bool
    seed: int
    speed: int
    clock: tuple[str, ...]
    opened_at: datetime
    opened_by: str
    lasts: int
    end: int
    state: str
    ended_by: str
    ended_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What it came to, in a word with a shape beside it, and in a few sentences for anybody."""

    mark: str
    word: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of the first page, and what the same number was for others."""

    label: str
    value: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRow:
    """Points for one thing, in tenths, and why so many."""

    what: str
    got_tenths: int | None
    of: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """The points of one group; `of` is 0 where nothing of it was measured."""

    name: str
    got: int
    of: int
    capped: bool
    points: tuple[PointsRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score out of a hundred, split, after the points that hints cost."""

    total: int
    hints: int
    groups: tuple[GroupRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """One credential of the intruder's, from its birth to its end.

    Attributes:
        label: What people call it.
        id: What the providers and the trail call it.
        kind: Its kind.
        born: When the intruder had it.
        how: The tactic that brought it, and with what; empty for what is innocent.
        again: Whether it brought back what was lost before.
        state: How it stood at the end: `alive`, `dead` or `unknown`.
        died: Since when it is dead for good.
        by_what: The change after which it was found dead, empty where there was none before it.
        lived: For how long it was no longer dead than alive.
        found_after: How long after that change it was found dead.
        evidence: What says so: the record, and the answers that the providers gave.
    """

    label: str
    id: str
    kind: str
    born: int
    how: str
    again: bool
    state: str
    died: int | None
    by_what: str
    lived: int
    found_after: int | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveRow:
    """One objective: what measured it, against which target, and what shows it.

    `never` says that what should have been in time did not happen in a drill that had its end.
    """

    id: str
    text: str
    csf: str
    measure: str
    unit: str
    value: int | None
    target: int
    at_least: bool
    never: bool
    met: bool | None
    rating: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationRow:
    """One thing that good responders were expected to do."""

    id: str
    what: str
    by: str
    points: int
    within: int | None
    met: bool | None
    late: bool
    t: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """One measure: this drill's first, then each baseline's."""

    name: str
    unit: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One decision of the scenario: what was asked, what was chosen, and whether that was right.

    `known` are the injects that had been given by then.
    """

    id: str
    ask: str
    options: tuple[str, ...]
    good: tuple[str, ...]
    chosen: str
    by: str
    t: int | None
    right: bool | None
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """One signature, or word, that was asked for. `decision` is empty where nobody gave one.

    What was only said has no `run`: a voice is no signature.
    """

    run: str
    part: str
    who: str
    decision: str
    asked: int | None
    t: int | None
    waited: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """Something that people were told, or said: an inject, a hint, a post, a note, a word."""

    kind: str
    id: str
    t: int
    by: str
    to: str
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRow:
    """Something that did not work on purpose; `until` is None where it never did again."""

    what: str
    who: str
    t: int
    until: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """One question about what happened: what was answered, what is right, and how near it is."""

    id: str
    ask: str
    given: tuple[str, ...]
    right: tuple[str, ...]
    f1: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to improve, from a rule over what was measured.

    Attributes:
        id: Its number in this report.
        severity: `bad` where the outcome suffered, `warn` otherwise.
        what: What was found.
        evidence: What shows it, each with its time or record.
        improve: What to do about it.
        command: The command of irkit's to begin with, if there is one.
        done_when: How one will know: what has to be measured next time.
    """

    id: str
    severity: str
    what: str
    evidence: tuple[str, ...]
    improve: str
    command: str
    done_when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody who took part, and as what."""

    who: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run of a playbook in the drill."""

    id: str
    title: str
    playbook: str
    digest: str
    outcome: str
    opened: int
    changes: int
    good: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One line of everything that happened. `good` is for whom it is good news: responders."""

    t: int
    lane: str
    text: str
    good: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where all this comes from: the trail up to the drill's last record, and who wrote it.

    `first` and `last` are the drill's records; `root` is the tree's over all of them up to `last`,
    in base64. Without a trail they are -1 and empty.
    """

    trail: str = ""
    first: int = -1
    last: int = -1
    root: str = ""
    irkit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillReport:
    """The whole of it."""

    exercise: Exercise
    verdict: Verdict
    numbers: tuple[Number, ...]
    score: Score
    time_line: TimeLine
    findings: tuple[Finding, ...]
    went_well: tuple[str, ...]
    seats: tuple[SeatRow, ...]
    bystanders: tuple[SeatRow, ...]
    objectives: tuple[ObjectiveRow, ...]
    expectations: tuple[ExpectationRow, ...]
    columns: tuple[str, ...]
    """What the values of each measure are of: this drill, then the baselines."""
    totals: tuple[int, ...]
    measures: tuple[MeasureRow, ...]
    decisions: tuple[DecisionRow, ...]
    approvals: tuple[ApprovalRow, ...]
    told: tuple[ToldRow, ...]
    broken: tuple[BrokenRow, ...]
    questions: tuple[QuestionRow, ...]
    people: tuple[PersonRow, ...]
    runs: tuple[RunRow, ...]
    log: tuple[LogRow, ...]
    source: Source

    def to_json(self) -> JsonObject:
        """Return the JSON form: the whole report."""
        value = plain(self)
        assert isinstance(value, dict)
        return {"format": FORMAT, **value}
