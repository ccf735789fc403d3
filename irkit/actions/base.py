"""What an action is: five verbs over a provider, and declared facts.

A *read* observes (`Read`); a *change* (`Action`) probes, plans, applies, verifies and undoes. An
action is a frozen dataclass whose fields are its parameters, made by `parameter(...)`, and carries
its `Spec`. Its id is its module path below `irkit.actions`. Actions never see the trail or the
engine: they cannot write their own audit record.
"""

from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar, Protocol, TypeAlias, cast

from irkit.canonical import Json, JsonObject
from irkit.model.change import Change, Target
from irkit.model.spec import Parameter, Spec
from irkit.providers.aws.gateway import AwsReader, AwsWriter
from irkit.providers.okta.gateway import OktaReader, OktaWriter

Seen: TypeAlias = JsonObject
"""What a probe saw: the action's own shape, JSON, without secrets."""


class SeatState(StrEnum):
    """Whether a credential still works for whoever holds it. Unknown is not dead."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"


class SeatProbe(Protocol):
    """Tries an intruder's credential, where a drill or canary supplied it."""

    async def probe(self, seat: str) -> SeatState | None:
        """Return the state of the seat with that id, or None if its credential is not held."""


class Verdict(StrEnum):
    """What a verification found."""

    HOLDS = "holds"
    NOT = "not"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The reading handles of one step. Asking for a provider the step has not is a bug."""

    okta_reader: OktaReader | None = None
    aws_reader: AwsReader | None = None
    seats: SeatProbe | None = None
    federation: tuple[JsonObject, ...] = ()

    @property
    def okta(self) -> OktaReader:
        """Return the Okta reader."""
        assert self.okta_reader is not None, "the step has no Okta connection"
        return self.okta_reader

    @property
    def aws(self) -> AwsReader:
        """Return the AWS reader."""
        assert self.aws_reader is not None, "the step has no AWS connection"
        return self.aws_reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Writers:
    """The writing handles of one change; no action holds one outside `apply` and `undo`."""

    okta_writer: OktaWriter | None = None
    aws_writer: AwsWriter | None = None

    @property
    def okta(self) -> OktaWriter:
        """Return the Okta writer."""
        assert self.okta_writer is not None, "the step has no Okta connection"
        return self.okta_writer

    @property
    def aws(self) -> AwsWriter:
        """Return the AWS writer."""
        assert self.aws_writer is not None, "the step has no AWS connection"
        return self.aws_writer

    async def take_turns(self) -> None:
        """Wait until the change's call may be sent; nothing that is looked at after grows old."""
        for writer in (self.okta_writer, self.aws_writer):
            if writer is not None:
                await writer.take_turn()

    def give_turns_back(self) -> None:
        """Give back what was not used, because nothing was sent."""
        for writer in (self.okta_writer, self.aws_writer):
            if writer is not None:
                writer.give_turn_back()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a read returns: the value a playbook binds, and what makes it evidence.

    `complete` is false when something could not be read or was cut short; `gaps` says what, one
    line each. `left_out` says what the configuration kept it from looking at, which is no gap.
    `observed_through` is the moment (RFC 3339) up to which a log answered, where the read is of a
    log.
    """

    value: Json
    raw: Json = None
    complete: bool = True
    gaps: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    request_ids: tuple[str, ...] = ()
    observed_through: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply or undo leaves: outputs (for late values and undo) and request ids."""

    outputs: JsonObject = field(default_factory=dict)
    request_ids: tuple[str, ...] = ()
    status: int = 0


def parameter(type_: str, help_: str, *, default: object = MISSING) -> Any:
    """Declare one parameter: its input type of the language, what it is for, its default."""
    metadata = {"type": type_, "help": help_}
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


def parameters_of(action: type["Action | Read"]) -> tuple[Parameter, ...]:
    """Return the declared parameters of an action class, in the order they are written."""
    return tuple(
        Parameter(
            name=item.name,
            type=item.metadata["type"],
            help=item.metadata["help"],
            required=item.default is MISSING,
            default=None if item.default is MISSING else cast("Json", item.default),
        )
        for item in fields(action)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(ABC):
    """An observation. Always safe to repeat."""

    spec: ClassVar[Spec]

    @abstractmethod
    async def read(self, readers: Readers) -> Answer:
        """Observe.

        Raises:
            CallError: if the provider did not answer; never an empty answer in its place.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(ABC):
    """A change and its way back."""

    spec: ClassVar[Spec]

    @abstractmethod
    async def probe(self, readers: Readers) -> Seen:
        """Look at what is there now; reads only."""

    @abstractmethod
    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Return the changes that reach the goal from `seen`; empty when it already holds.

        Raises:
            IrkitError: if the goal cannot be reached from here (with what to do instead).
        """

    @abstractmethod
    def state(self, seen: Seen, target: Target) -> Json:
        """Return the part of `seen` that a change's `before` and `after` speak of.

        Drift, settling, verification and undo's compare-and-swap all derive from it.
        """

    @abstractmethod
    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Make one planned change. `change.after` has its late values filled."""

    @abstractmethod
    async def undo(
        self, change: Change, applied: Applied, readers: Readers, writers: Writers
    ) -> Applied:
        """Take one made change back, to `change.before`."""

    async def verify(
        self,
        change: Change,  # noqa: ARG002  # the default has no use for them
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
    ) -> Verdict | None:
        """Judge a change whose state cannot be observed; None leaves it to `state`."""
        return None

    def adopt(self, change: Change, seen: Seen) -> Applied:  # noqa: ARG002
        """Return what `apply` would have returned, for a change found made by a look."""
        return Applied()

    def resumable(self, change: Change, seen: Seen) -> bool:  # noqa: ARG002
        """Say whether `seen` is an intermediate state from which `apply` can simply go on.

        Asked only of a change that was begun.
        """
        return False

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the targets this action speaks of; override to name them when nothing changes."""
        return tuple(change.target for change in self.plan(seen))

    def label(self) -> str:
        """Return the parameters in one line, for people."""
        return " ".join(f"{item.name}={getattr(self, item.name)}" for item in fields(self))
