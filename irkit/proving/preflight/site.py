"""What the checks of a preflight look at: a playbook, the open connections, and a plan of it.

The plan is made for real, in memory: every read it makes proves a permission, and every change it
predicts is one whose permission, approval and target can be asked about. Nothing can be written.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from irkit.actions.base import Readers
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.assembly import Surroundings, context, open_and_prepare, user_agent
from irkit.engine.books import providers_of
from irkit.engine.checking import Finding, State
from irkit.engine.connections import OpenConnections
from irkit.engine.history import Inflated
from irkit.engine.memory import MemoryJournal
from irkit.engine.opening import Opening
from irkit.engine.runner import Driven, Runner
from irkit.engine.session import Session
from irkit.engine.walk import Book
from irkit.model.plan import Part, PlannedStep
from irkit.model.run import Run
from irkit.providers.aws.settings import LOOKUPS_PER_SECOND
from irkit.proving.preflight.demands import Demands
from irkit.workspace.config import Connection


@dataclass(slots=True, kw_only=True)
class Site:
    """One preflight being made.

    `closed` are the providers whose connections cannot be used, and why. `planned` is the plan, if
    one could be made; `unplanned` says why not.
    """

    session: Session
    book: Book
    given: Mapping[str, str]
    demands: Demands
    connections: OpenConnections
    closed: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    planned: Driven | None = None
    unplanned: tuple[Diagnostic, ...] = ()

    @property
    def needs(self) -> frozenset[str]:
        """Return the providers the playbook needs."""
        return providers_of(self.book, self.session.catalogue)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the inputs that have no value and no default."""
        return tuple(
            declared.name
            for declared in self.book.main.inputs
            if declared.name not in self.given and declared.default is None
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the parts of the plan."""
        return tuple(self.planned.run.parts.values()) if self.planned else ()

    @property
    def steps(self) -> Iterator[PlannedStep]:
        """Yield the steps that are planned."""
        for part in self.parts:
            yield from part.steps

    def used(self, provider: str) -> tuple[Connection, ...]:
        """Return the connections to a provider, as far as the playbook needs it."""
        return self.session.workspace.of(provider) if provider in self.needs else ()

    def open(self, provider: str) -> tuple[Connection, ...]:
        """Return the connections that the playbook needs and that can be used."""
        return () if provider in self.closed else self.used(provider)

    def readers(self, connection: Connection) -> Readers:
        """Return the reading handles of one open connection."""
        return self.connections.readers(connection.name, (connection.provider,))

    def blind(self, check: str, provider: str) -> Iterator[Finding]:
        """Say that a check could not look, where a provider cannot be asked."""
        if provider in self.closed and self.used(provider):
            yield Finding(
                subject=check,
                state=State.UNKNOWN,
                what=f"not looked at, because {provider} cannot be asked",
                remedy="see `connections`",
            )


class _Deaf:
    """A listener to a plan that nobody watches."""

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Hear nothing."""

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Hear nothing."""

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Hear nothing."""


@asynccontextmanager
async def site(
    session: Session,
    book: Book,
    given: Mapping[str, str],
    demands: Demands,
    *,
    lookups_per_second: int = LOOKUPS_PER_SECOND,
) -> AsyncIterator[Site]:
    """Open what the playbook needs, plan it, and close again."""
    async with OpenConnections(
        workspace=session.workspace,
        clock=session.clock,
        user_agent=user_agent(session, "preflight"),
        session_name="irkit-preflight",
        dry=True,
        lookups_per_second=lookups_per_second,
    ) as connections:
        found = Site(
            session=session,
            book=book,
            given={**demands.inputs, **given},
            demands=demands,
            connections=connections,
        )
        found.closed = await _closed(found)
        if not found.asked and not found.closed:
            await _plan(found)
        yield found


async def _closed(found: Site) -> Mapping[str, tuple[Diagnostic, ...]]:
    closed: dict[str, tuple[Diagnostic, ...]] = {}
    for provider in sorted(found.needs):
        if not found.session.workspace.of(provider):
            closed[provider] = (_absent(provider),)
            continue
        try:
            problems = await found.connections.prepare(frozenset({provider}))
        except IrkitError as error:
            problems = error.diagnostics
        if problems:
            closed[provider] = problems
    return closed


async def _plan(found: Site) -> None:
    session = found.session
    journal = MemoryJournal(clock=session.clock)
    opening = Opening(
        book=found.book,
        given=found.given,
        mode=str(session.workspace.mode),
        requester=session.actor_name,
    )
    try:
        run_id = await open_and_prepare(
            session, opening, found.connections, journal=journal, blobs=journal.blobs
        )
        runner = Runner(
            context(
                session,
                found.book,
                Surroundings(listener=_Deaf()),
                found.connections,
                run_id=run_id,
                journal=journal,
                consent=None,
            )
        )
        found.planned = await runner.drive(wait=False)
    except IrkitError as error:
        found.unplanned = error.diagnostics


def _absent(provider: str) -> Diagnostic:
    return Diagnostic(
        code="IRK208",
        summary=f"the playbook needs a connection to {provider}, and there is none",
        help="configure one under `connections:` in irkit.yaml",
    )
