"""A story: what happened in a run, as plain facts that every report is rendered from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from irkit.canonical import JsonObject
from irkit.model.difference import Differing
from irkit.model.run import Entry
from irkit.report.open_items import OpenItem
from irkit.report.plain import plain
from irkit.report.residual import ResidualAccess
from irkit.report.seats import SeatRow


class Actor(Protocol):
    """Who made a record."""

    @property
    def id(self) -> str:
        """Return the id, such as `bob@acme`."""

    @property
    def kind(self) -> str:
        """Return the kind of party."""


class StoryEntry(Entry, Protocol):
    """A record with the one who made it."""

    @property
    def actor(self) -> Actor:
        """Return who made the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `n` is the record that says so; -1 where no record does."""

    at: datetime
    lane: str
    actor: str
    mark: str
    word: str
    what: str
    notes: tuple[str, ...] = ()
    phase: str = ""
    n: int = -1
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStory:
    """One phase: when its plan was ready, approved, begun and reached, against its goal."""

    id: str
    name: str
    run: str
    changes: int
    good: int
    unknowns: int
    goal_s: int | None
    ready_at: datetime | None
    approved_at: datetime | None
    first_made_at: datetime | None
    reached_at: datetime | None
    reached_s: int | None
    """Seconds from the opening of the run until every change was made and read back."""
    in_time: bool | None
    """Whether the goal was met; None where there is none, or it can still be met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStory:
    """One planned change and what became of it."""

    id: str
    run: str
    phase: str
    title: str
    verb: str
    target: str
    kind: str
    target_id: str
    tenant: str
    action: str
    reversal: str
    because: str
    stage: str
    why: str
    sent_at: datetime | None
    made_at: datetime | None
    verified_at: datetime | None
    read_back_ms: int | None
    request_ids: tuple[str, ...]
    differences: tuple[Differing, ...]
    lost: bool
    undoes: str
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalStory:
    """One person's decision. `waited_s` is how long the oldest part it covers had been ready."""

    run: str
    n: int
    at: datetime
    who: str
    decision: str
    fingerprint: str
    parts: tuple[str, ...]
    display: str
    expires: str
    waited_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatStory:
    """One seat over time: each moment at which it was tried, and what was found."""

    label: str
    points: tuple[tuple[datetime, str], ...]
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceStory:
    """One recorded read."""

    run: str
    n: int
    at: datetime
    step: str
    action: str
    digest: str
    raw: str
    evidence: bool
    complete: bool
    gaps: tuple[str, ...]
    error: str
    observed_through: str
    request_ids: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a reader should know besides the outcome."""

    severity: str
    what: str
    at: datetime | None
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers on the first page. Seconds count from the opening of the (first) run."""

    first_cut_s: int | None
    all_cut_s: int | None
    total_s: int | None
    changes: int
    good: int
    approvals: int
    longest_wait_s: int | None
    seats_alive: int
    seats_unknown: int
    seats_dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStory:
    """The facts of one run that a story opens with."""

    id: str
    title: str
    state: str
    undoes: str
    requester: str
    playbook: str
    playbook_digest: str
    plan_digest: str
    header_digest: str
    policy: str
    irkit: str
    inputs: JsonObject
    tenants: tuple[str, ...]
    opened_at: datetime | None
    last_at: datetime | None
    reasons: tuple[str, ...]
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailHead:
    """The head of the trail the story was read from; `root` is base64."""

    origin: str = ""
    size: int = 0
    root: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The whole of it. Everything is in the order in which it happened or was planned."""

    mode: str
    case: str
    org: str
    title: str
    state: str
    runs: tuple[RunStory, ...]
    figures: Figures
    events: tuple[Event, ...]
    phases: tuple[PhaseStory, ...]
    changes: tuple[ChangeStory, ...]
    approvals: tuple[ApprovalStory, ...]
    seats: tuple[SeatStory, ...]
    findings: tuple[Finding, ...]
    open_items: tuple[OpenItem, ...]
    residual: tuple[ResidualAccess, ...]
    evidence: tuple[EvidenceStory, ...]
    trail: TrailHead = field(default_factory=TrailHead)
    taken_back_at: datetime | None = None
    """When an undo of this case last wrote something."""

    def to_json(self) -> JsonObject:
        """Return the JSON form: the whole story."""
        value = plain(self)
        assert isinstance(value, dict)
        return {"format": "irkit.story/v1", **value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a story needs beside the records of its run.

    `names` and `goals_s` are by phase id. `seats` overrides the last look's. `intruder` are events
    from the intruder's side, which a drill knows and a real incident finds in logs.
    """

    org: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    goals_s: Mapping[str, int] = field(default_factory=dict)
    seats: tuple[SeatRow, ...] | None = None
    residual: tuple[ResidualAccess, ...] = ()
    intruder: tuple[Event, ...] = ()
    trail: TrailHead = field(default_factory=TrailHead)
