"""What the machine may ask the runner to do: one small value a command, each with a key.

The key names the thing, so that what is under way is never started twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from irkit.engine.leaves import CheckLeaf, DoLeaf, ManualLeaf, ReadLeaf, ReportLeaf, UndoLeaf
from irkit.model.change import ChangeId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNow:
    """Make a read and record its answer."""

    leaf: ReadLeaf

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"read {self.leaf.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNow:
    """Probe for a change step and plan it; nothing is written."""

    leaf: DoLeaf

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"plan {self.leaf.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanUndo:
    """Plan what takes the changes of some phases back."""

    leaf: UndoLeaf

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"plan {self.leaf.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """Record the drafted steps of these phases as parts, to be approved."""

    phases: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the command's key."""
        return "propose"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitApproval:
    """Nothing of this part may be done before its quorum is reached."""

    part: str

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"await {self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """Make one change: look again, guard, intend, send, record."""

    change: ChangeId

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"change {self.change}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Record that a change is not made, and why."""

    change: ChangeId
    why: str

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"change {self.change}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Find out by looking what became of an interrupted change."""

    change: ChangeId

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"change {self.change}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskResolve:
    """A person must say what became of a change (`irkit resolve`)."""

    change: ChangeId

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"await {self.change}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify:
    """Read a made change back until it shows or its time is over."""

    change: ChangeId

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"verify {self.change}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckNow:
    """Make a playbook's own verification."""

    leaf: CheckLeaf

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"check {self.leaf.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Put a manual step to a person; or wait for the answer, or record that none came."""

    leaf: ManualLeaf

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"ask {self.leaf.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReport:
    """Render a report."""

    leaf: ReportLeaf

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"report {self.leaf.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain:
    """One look of the hold."""

    index: int
    last: bool

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"look {self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil:
    """Nothing to do before this moment; `why` is shown with the countdown.

    `who` is set where it is a person who may act before.
    """

    moment: datetime
    why: str
    who: str = ""

    @property
    def key(self) -> str:
        """Return the command's key."""
        return f"wait {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The run is over."""

    outcome: str
    reasons: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the command's key."""
        return "close"


Command: TypeAlias = (
    ReadNow
    | PlanNow
    | PlanUndo
    | Propose
    | AwaitApproval
    | Apply
    | Skip
    | Settle
    | AskResolve
    | Verify
    | CheckNow
    | Ask
    | WriteReport
    | LookAgain
    | WaitUntil
    | Close
)
