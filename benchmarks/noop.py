"""A provider that does nothing at once: what is left is the engine's own cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from irkit.actions.base import Action, Applied, Read, Readers, Seen, Writers, parameter
from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339, system_clock
from irkit.engine.context import Context, Pace, Refusal
from irkit.engine.history import Inflated
from irkit.engine.memory import MemoryJournal
from irkit.engine.walk import Book
from irkit.lang import decode
from irkit.model.change import Change, Target
from irkit.model.plan import PartNeed, PlannedStep
from irkit.model.playbook import Approval
from irkit.model.run import Run
from irkit.model.spec import Catalogue, Effect, Reversal, Spec, Verb
from irkit.providers.call import Purpose
from irkit.trail.journal import Journal
from irkit.trail.record import Actor, Draft

SPEC = Spec(
    id="okta.user.suspend",
    version=1,
    verb=Verb.DO,
    summary="Do nothing",
    needs=("okta",),
    effect=Effect.IDEMPOTENT,
    reversal=Reversal.EXACT,
    target="okta.user",
)
STATES: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing(Action):
    """Flips a word in a dictionary."""

    spec: ClassVar[Spec] = SPEC
    user: str = parameter("okta.user", "whom")

    async def probe(self, readers: Readers) -> Seen:
        """Look the word up."""
        return {"status": STATES.get(self.user, "ACTIVE")}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Plan the other word."""
        target = Target(kind="okta.user", tenant="okta:00o1", id=self.user, label=self.user)
        return (
            Change(id="n", target=target, verb="flip", before=dict(seen), after={"status": "OFF"}),
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the word."""
        return dict(seen)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Write the word."""
        STATES[self.user] = "OFF"
        return Applied(status=200)

    async def undo(
        self, change: Change, applied: Applied, readers: Readers, writers: Writers
    ) -> Applied:
        """Write the first word again."""
        STATES[self.user] = "ACTIVE"
        return Applied(status=200)


class NoConnections:
    """Handles on nothing."""

    async def ensure(self, connection: str | None, needs: tuple[str, ...]) -> None:
        """Do nothing."""

    def readers(self, connection: str | None, needs: tuple[str, ...]) -> Readers:
        """Return empty handles."""
        return Readers()

    def writers(self, connection: str | None, needs: tuple[str, ...], purpose: Purpose) -> Writers:
        """Return empty handles."""
        return Writers()

    def provider_now(self, tenant: str) -> datetime:
        """Return the present moment."""
        return system_clock()

    def tenants(self) -> tuple[str, ...]:
        """Return the one tenant."""
        return ("okta:00o1",)


class Everything:
    """Consent to everything, no guard, no listener."""

    names: tuple[str, ...] = ()

    def approved(self, run: Run, now: datetime) -> frozenset[str]:
        """Return every part."""
        return frozenset(run.parts)

    def approvals(self, run: Run, part: str, now: datetime) -> tuple[int, ...]:
        """Return none."""
        return ()

    def need(self, steps: tuple[PlannedStep, ...], approval: Approval | None) -> PartNeed:
        """Return that nobody is needed."""
        return PartNeed()

    async def refusal(self, run: Run, step: PlannedStep, *, before_write: bool) -> Refusal | None:
        """Refuse nothing."""
        return None

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Hear and forget."""

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Hear and forget."""

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Hear and forget."""


@dataclass
class Fixture:
    """A run over many users, in a journal."""

    journal: Journal | MemoryJournal
    users: int
    concurrency: int
    locks: Path | None = None
    tasks: int = 64
    action: type[Nothing] = Nothing
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        """Open the run."""
        STATES.clear()
        text = (
            "irkit: 1\nplaybook: many\ntitle: Many\nversion: 1.0.0\nabout: Many.\nsteps:\n"
            "  - do: okta.user.suspend\n    for_each: {user: inputs.users}\n"
            f"    concurrency: {self.concurrency}\n"
            '    with: {user: "{{ user }}"}\n'
        )
        playbook = decode.playbook(text, "many.yaml").playbook
        assert playbook is not None
        inputs: JsonObject = {"users": [f"u{number:06d}" for number in range(self.users)]}
        actor = Actor(id="bench", kind="person", auth="local")
        opened: JsonObject = {"mode": "drill", "requester": "bench", "title": "Many"}
        for kind, body in (
            ("run.opened", opened),
            ("targets.resolved", {"inputs": inputs, "labels": {}}),
        ):
            self.journal.append(Draft(type=kind, run="R", actor=actor, body=body))
        everything = Everything()
        self.context = Context(
            run_id="R",
            book=Book(main=playbook),
            catalogue=Catalogue({SPEC.id: SPEC}),
            connections=NoConnections(),
            consent=everything,
            journal=self.journal,
            blobs=self.journal.blobs,
            clock=system_clock,
            actor=actor,
            mode="drill",
            policy="sha256:" + "0" * 64,
            guards=everything,
            listener=everything,
            reporter=None,
            nonce=rfc3339(system_clock()),
            locks=self.locks,
            pace=Pace(looks=(), tasks=self.tasks),
            build=self._build,
        )

    def _build(self, action: str, arguments: Mapping[str, Json]) -> Action | Read:
        """Build the one action there is."""
        return self.action(user=str(arguments["user"]))
