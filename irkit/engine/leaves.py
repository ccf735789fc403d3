"""What a walk finds: the leaves at which something is still to be done, known or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from irkit.canonical import Json, JsonObject
from irkit.lang.expressions import Scope
from irkit.model.playbook import Check, DoStep, ManualStep, ReadStep, ReportStep, UndoStep


class End(StrEnum):
    """How a sequence stands. `partial` went on past a failure, or was rescued."""

    DONE = "done"
    OPEN = "open"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLeaf:
    """A read whose arguments are known and which has no answer yet."""

    path: str
    phase: str
    step: ReadStep
    arguments: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class DoLeaf:
    """A change step whose arguments are known: to be planned, or planned and under way.

    `ready` says that everything before it is done; otherwise it may only be looked at. `order` is
    its place in the playbook as people read it.
    """

    path: str
    phase: str
    step: DoStep
    arguments: JsonObject
    ready: bool
    planned: bool
    order: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoLeaf:
    """An `undo:` step that has been reached."""

    path: str
    phase: str
    step: UndoStep
    ready: bool
    planned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLeaf:
    """A playbook's own verification of a change that has been made."""

    path: str
    phase: str
    check: Check
    arguments: JsonObject
    scope: Scope
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualLeaf:
    """A manual step that has been reached and has no answer."""

    path: str
    phase: str
    step: ManualStep
    text: str
    asked: bool
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLeaf:
    """A report that is to be written."""

    path: str
    phase: str
    step: ReportStep


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownLeaf:
    """A step that cannot be planned yet, and why."""

    path: str
    phase: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedLeaf:
    """A step that failed here: a false `require`, an empty loop, a read that did not answer."""

    path: str
    phase: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitLeaf:
    """A `repeat` that waits for its next round."""

    path: str
    phase: str
    until: datetime


Leaf: TypeAlias = (
    ReadLeaf
    | DoLeaf
    | UndoLeaf
    | CheckLeaf
    | ManualLeaf
    | ReportLeaf
    | UnknownLeaf
    | FailedLeaf
    | WaitLeaf
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """The result of one walk: leaves in reading order, and how each phase ended."""

    leaves: tuple[Leaf, ...]
    phases: Mapping[str, End]
    always: End
    outputs: Mapping[str, Json]

    @property
    def ended(self) -> bool:
        """Say whether every phase has come to its end, good or bad."""
        return all(end is not End.OPEN for end in self.phases.values())
