"""What one run needs of the world around it, gathered in one value and passed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeAlias

from irkit.actions.base import Action, Read, Readers, Writers
from irkit.actions.load import build
from irkit.canonical import Json, JsonObject
from irkit.clock import Clock
from irkit.engine.history import Blobs, Inflated
from irkit.engine.walk import Book
from irkit.model.plan import PartNeed, PlannedStep
from irkit.model.playbook import Approval
from irkit.model.run import Run
from irkit.model.spec import Catalogue
from irkit.providers.call import Purpose
from irkit.trail.protocol import Journal
from irkit.trail.record import Actor

Build: TypeAlias = Callable[[str, Mapping[str, Json]], Action | Read]
"""Makes an action from its id and arguments, or raises IrkitError."""

SignRequest: TypeAlias = Callable[[JsonObject], JsonObject]
"""Returns what the requester's signature adds to the body of `plan.proposed`; may ask a person."""


def unsigned(body: JsonObject) -> JsonObject:  # noqa: ARG001  # it has the shape of a signer
    """Add nothing: the plan is not recorded, or it is one of a drill."""
    return {}


class Connections(Protocol):
    """The connections of a workspace, opened when first asked for."""

    async def ensure(self, connection: str | None, needs: tuple[str, ...]) -> None:
        """Try again to open what a step needs and what did not answer before."""

    def readers(self, connection: str | None, needs: tuple[str, ...]) -> Readers:
        """Return the reading handles for a step that needs these providers."""

    def writers(self, connection: str | None, needs: tuple[str, ...], purpose: Purpose) -> Writers:
        """Return the writing handles for one change; calls for one purpose use one endpoint."""

    def provider_now(self, tenant: str) -> datetime:
        """Return the clock of the provider behind `tenant`."""

    def tenants(self) -> tuple[str, ...]:
        """Return the pinned tenants, `okta:<org id>` and `aws:<account id>`."""


class Listener(Protocol):
    """Told what happens, as it happens; renders it or does nothing."""

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Hear that `entry` is durable and folded into `run`."""

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Hear that nothing can be done before `until`, or before somebody acts."""

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Hear what is under way, at least every 30 s while nothing else is said."""


class Reporter(Protocol):
    """Renders a `report:` step; supplied by a higher floor."""

    def write(self, run: Run, template: str) -> str:
        """Render `template` for `run` and return where it was put."""


class Consent(Protocol):
    """Judges the approvals of a run."""

    def approved(self, run: Run, now: datetime) -> frozenset[str]:
        """Return the parts whose quorum is reached at `now`."""

    def approvals(self, run: Run, part: str, now: datetime) -> tuple[int, ...]:
        """Return the records whose approvals count for `part`."""

    def need(self, steps: tuple[PlannedStep, ...], approval: Approval | None) -> PartNeed:
        """Return what a part with these steps needs: the strictest of all rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things may take. `looks` are the offsets of the hold after the last change."""

    looks: tuple[timedelta, ...] = (
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=5),
        timedelta(minutes=30),
    )
    poll: timedelta = timedelta(milliseconds=500)
    offer_within: timedelta = timedelta(seconds=3)
    verify_every: timedelta = timedelta(seconds=1)
    in_doubt_wait: timedelta | None = None
    visible_within: timedelta | None = None
    attempts: int = 5
    tasks: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One run's surroundings. `dry` runs look and plan and can do nothing else."""

    run_id: str
    book: Book
    catalogue: Catalogue
    connections: Connections
    consent: Consent
    journal: Journal
    blobs: Blobs
    clock: Clock
    actor: Actor
    mode: str
    policy: str
    guards: "Guards"
    listener: Listener
    reporter: Reporter | None
    nonce: str
    locks: Path | None = None
    pace: Pace = field(default_factory=Pace)
    dry: bool = False
    residual: tuple[str, ...] = ()
    seats: Mapping[str, str] = field(default_factory=dict)
    undone: Run | None = None
    sign_request: SignRequest = unsigned
    build: Build = build


class Guards(Protocol):
    """All guards of the workspace and the playbook."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the guards' names."""

    async def refusal(self, run: Run, step: PlannedStep, *, before_write: bool) -> "Refusal | None":
        """Return why a step may not be planned or a change not be written, if so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A guard's no."""

    guard: str
    code: str
    summary: str
    help: str
