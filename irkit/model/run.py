"""A run: what the trail's records of it add up to (`irkit.model.fold` adds them up).

A change whose intent has no result stays `IN_FLIGHT` until somebody looks: nothing here guesses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from irkit.canonical import Json, JsonObject
from irkit.model.change import Change, ChangeId
from irkit.model.owners import reached
from irkit.model.plan import Header, Part, Plan, PlannedStep


class Entry(Protocol):
    """The part of a trail record that a fold needs."""

    @property
    def n(self) -> int:
        """Return the index in the trail."""

    @property
    def ts(self) -> str:
        """Return the time as RFC 3339 text."""

    @property
    def type(self) -> str:
        """Return the record's type."""

    @property
    def body(self) -> JsonObject:
        """Return the record's body, with blobs put back in their places."""


class Stage(StrEnum):
    """How far one change has come."""

    PLANNED = "planned"
    IN_FLIGHT = "in_flight"
    IN_DOUBT = "in_doubt"
    ASK = "ask"
    MADE = "made"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    ALREADY = "already"
    DRIFTED = "drifted"
    REFUSED = "refused"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def terminal(self) -> bool:
        """Say whether nothing more happens to the change by itself."""
        return self not in _OPEN

    @property
    def good(self) -> bool:
        """Say whether the change is as planned, and proven so."""
        return self in _GOOD

    @property
    def written(self) -> bool:
        """Say whether this run wrote the change."""
        return self in _WRITTEN


_OPEN: Final = frozenset({Stage.PLANNED, Stage.IN_FLIGHT, Stage.IN_DOUBT, Stage.ASK, Stage.MADE})
_GOOD: Final = frozenset({Stage.VERIFIED, Stage.ALREADY})
_WRITTEN: Final = frozenset({Stage.MADE, Stage.VERIFIED, Stage.UNVERIFIED})


_NOTHING: Final[JsonObject] = MappingProxyType({})


@dataclass(slots=True, kw_only=True)
class ChangeState:
    """One planned change and what became of it."""

    change: Change
    step: PlannedStep
    part: str
    phase: str
    part_digest: str
    stage: Stage = Stage.PLANNED
    attempt: int = 0
    intent: int = -1
    intent_at: datetime | None = None
    unanswered: bool = False
    """It was sent once without an answer, and found not made: that call may still come through."""
    refused: bool = False
    """It is in doubt, and what was sent last was refused: it is not sent again."""
    made_at: datetime | None = None
    made_n: int = -1
    verified_at: datetime | None = None
    resolved: Json = None
    outputs: JsonObject = field(default_factory=lambda: _NOTHING)
    request_ids: tuple[str, ...] = ()
    why: str = ""
    found: Json = None
    lost: bool = False
    check: bool | None = None
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFact:
    """One recorded read. A failed one has an `error` and no value."""

    step: str
    action: str
    value: Json
    digest: str
    observed_at: datetime
    complete: bool = True
    gaps: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """What the configuration kept it from looking at: no gap, but no proof of absence either."""
    error: str = ""
    forgotten: bool = False
    """It was answered; what opens the answer is gone, so that nothing may rest on it any more."""
    evidence: bool = False
    round: int = 0
    observed_through: str = ""
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFact:
    """A person's answer to a manual step, or that nobody answered in time."""

    values: JsonObject
    silent: bool
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A manual step that was put to somebody."""

    to: str
    text: str
    until: datetime
    at: datetime
    ask: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look of the hold: which changes were lost, what is new, how the seats stand."""

    at: datetime
    index: int
    lost: tuple[str, ...]
    unknown: tuple[str, ...]
    added: int
    seats: Mapping[str, str]
    last: bool


@dataclass(slots=True)
class Run:
    """One run, as far as its entries go.

    `active` are the changes past their intent and not at their end, `reached` the targets of all
    planned changes by kind. `epoch` grows when what was finished may be open again. The header's
    digest is kept, because it covers all inputs and is asked for before every write. `refused_by`
    is the guard that refused a step, `overrides` the guards that two people are asked to override
    for it, both by the step's path.
    """

    id: str = ""
    opened: bool = False
    mode: str = ""
    case: str = ""
    requester: str = ""
    title: str = ""
    undoes: str = ""
    only: str = ""
    opened_at: datetime | None = None
    last_at: datetime | None = None
    playbook_digest: str = ""
    playbook_source: str = ""
    playbook_file: str = ""
    calls: dict[str, str] = field(default_factory=dict)
    inputs: JsonObject = field(default_factory=dict)
    labels: JsonObject = field(default_factory=dict)
    header: Header | None = None
    header_digest: str = ""
    nonce: str = ""
    parts: dict[str, Part] = field(default_factory=dict)
    part_at: dict[str, datetime] = field(default_factory=dict)
    steps: dict[str, tuple[str, PlannedStep]] = field(default_factory=dict)
    changes: dict[ChangeId, ChangeState] = field(default_factory=dict)
    reads: dict[str, ReadFact] = field(default_factory=dict)
    answers: dict[str, AnswerFact] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    approvals: list[tuple[int, datetime, JsonObject]] = field(default_factory=list)
    skipped_steps: dict[str, str] = field(default_factory=dict)
    failed_steps: dict[str, str] = field(default_factory=dict)
    done_steps: dict[str, str] = field(default_factory=dict)
    checks: dict[str, bool] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    seats: list[tuple[datetime, Mapping[str, str]]] = field(default_factory=list)
    added: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refusals: list[tuple[datetime, str, str]] = field(default_factory=list)
    refused_by: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, tuple[str, ...]] = field(default_factory=dict)
    replanned: set[str] = field(default_factory=set)
    """Paths of steps that somebody let be planned again, whatever became of them since."""
    helps: dict[str, str] = field(default_factory=dict)
    """What to do about what went wrong, by the path of a step or read or the id of a change."""
    break_glass: list[tuple[datetime, str, str]] = field(default_factory=list)
    confirmed: bool = False
    paused: bool = False
    cancelled: str = ""
    stopped: str = ""
    outcome: str = ""
    accept_versions: bool = False
    count: int = 0
    intents: dict[int, ChangeId] = field(default_factory=dict)
    part_digests: dict[str, str] = field(default_factory=dict)
    active: dict[ChangeId, ChangeState] = field(default_factory=dict)
    reached: dict[str, set[str]] = field(default_factory=dict)
    epoch: int = 0

    def __repr__(self) -> str:
        return f"<Run {self.id} of {len(self.changes)} changes>"

    def reach(self, step: PlannedStep) -> None:
        """Count the targets of a planned step."""
        for change in step.changes:
            for target in reached(change):
                self.reached.setdefault(target.kind, set()).add(target.key)

    def help_for(self, why: str) -> str:
        """Return what was said to do about a step that failed or was refused for this reason."""
        for path, reason in self.failed_steps.items():
            if reason == why and path in self.helps:
                return self.helps[path]
        return ""

    @property
    def closed(self) -> bool:
        """Say whether the run is over for good."""
        return bool(self.outcome)

    @property
    def plan(self) -> Plan | None:
        """Return the plan with every part known so far."""
        if self.header is None:
            return None
        return Plan(header=self.header, parts=tuple(self.parts.values()))

    def in_part(self, part: str) -> Iterator[ChangeState]:
        """Yield the states of one part's changes in the plan's order.

        A change that was planned again belongs to the later part only.
        """
        for change in self.parts[part].changes:
            state = self.changes.get(change.id)
            if state is not None and state.part == part:
                yield state
