"""Putting a run's surroundings together: connections, guards, consent and pace."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from irkit import __version__
from irkit.diagnostics import Diagnostic
from irkit.engine.books import providers_of
from irkit.engine.connections import OpenConnections
from irkit.engine.consent import WorkspaceConsent, part_need
from irkit.engine.context import Context, Listener, Pace, Reporter, unsigned
from irkit.engine.guarding import WorkspaceGuards
from irkit.engine.history import Blobs
from irkit.engine.least_privilege import LeastPrivileges, least_privileges
from irkit.engine.leftover import open_residual
from irkit.engine.memory import MemoryJournal
from irkit.engine.opening import Inputs, Opening, asked_of, open_run, resolve_inputs
from irkit.engine.requesting import request_signer
from irkit.engine.seats import SuppliedSeats
from irkit.engine.session import Session
from irkit.engine.walk import Book
from irkit.model.plan import PartNeed, PlannedStep
from irkit.model.playbook import Approval
from irkit.model.run import Run
from irkit.providers.aws.settings import LOOKUPS_PER_SECOND
from irkit.providers.call import CallError
from irkit.providers.limits import OnWait
from irkit.trail.journal import Journal
from irkit.workspace.config import LeastPrivilege, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What commands hand in besides the session.

    `lookups_per_second` is CloudTrail's limit; a world that has none need not be spared (0).
    """

    listener: Listener
    reporter: Reporter | None = None
    seats: SuppliedSeats | None = None
    on_wait: OnWait | None = None
    pace: Pace | None = None
    lookups_per_second: int = LOOKUPS_PER_SECOND


@dataclass(frozen=True, slots=True)
class _NoConsent:
    """Consent of a bare plan: the needs are shown and nothing is ever approved."""

    session: Session

    def approved(self, run: Run, now: datetime) -> frozenset[str]:  # noqa: ARG002
        """Return no part at all."""
        return frozenset()

    def approvals(self, run: Run, part: str, now: datetime) -> tuple[int, ...]:  # noqa: ARG002
        """Return no approvals."""
        return ()

    def need(self, steps: tuple[PlannedStep, ...], approval: Approval | None) -> PartNeed:
        """Return what a part with these steps would need."""
        return part_need(self.session.policy, self.session.workspace.plan_valid, steps, approval)


@asynccontextmanager
async def connected(
    session: Session,
    book: Book,
    around: Surroundings,
    *,
    run_id: str,
    dry: bool,
    undone: Run | None = None,
) -> AsyncIterator[tuple[OpenConnections, tuple[Diagnostic, ...]]]:
    """Open the connections a book needs; yield them and what does not answer.

    `undone` is the run that this one takes back, whose actions it needs as well.
    """
    taken_back = _actions(undone) if undone else None
    async with OpenConnections(
        workspace=session.workspace,
        clock=session.clock,
        user_agent=user_agent(session, run_id),
        session_name=f"irkit-{run_id or 'plan'}",
        dry=dry,
        seats=around.seats,
        on_wait=around.on_wait,
        lookups_per_second=around.lookups_per_second,
        privileges=_privileges(session, book, taken_back or ()),
    ) as connections:
        silent = await connections.prepare(providers_of(book, session.catalogue, taken_back))
        yield connections, silent


def _actions(undone: Run) -> tuple[str, ...]:
    return tuple({step.action for _, step in undone.steps.values()})


def _privileges(
    session: Session, book: Book, taken_back: tuple[str, ...]
) -> LeastPrivileges | None:
    """Return what sessions are reduced to; None where the workspace leaves them whole."""
    if session.workspace.least_privilege is not LeastPrivilege.SESSION:
        return None
    return least_privileges(
        book,
        session.catalogue,
        session.workspace.protect,
        also=taken_back,
        ways_in=session.workspace.break_glass.aws,
    )


def user_agent(session: Session, run_id: str) -> str:
    """Return the user agent of every call, by which a SOC tells us from the intruder."""
    exercise = " [EXERCISE]" if session.workspace.mode is Mode.DRILL else ""
    return f"irkit/{__version__} run/{run_id or 'none'}{exercise}"


async def open_and_prepare(
    session: Session,
    opening: Opening,
    connections: OpenConnections,
    *,
    journal: Journal | MemoryJournal,
    blobs: Blobs,
) -> str:
    """Resolve the inputs, record the opening, and return the run's id."""
    inputs = await resolved(session, opening, connections)
    now = session.clock()
    return open_run(opening, inputs, journal=journal, blobs=blobs, actor=session.actor, now=now)


async def resolved(session: Session, opening: Opening, connections: OpenConnections) -> Inputs:
    """Resolve the inputs; nothing is recorded yet.

    A provider that is down does not keep the others waiting: its names are taken as they are.

    Raises:
        IrkitError: with all that is wrong with them, or if no provider answers at all.
    """
    asked = asked_of(opening.book, opening.given)
    try:
        await connections.ensure(None, asked)
    except CallError:
        if not connections.answering:
            raise
    readers = connections.readers(None, ())
    accounts = (tenant.partition(":") for tenant in connections.tenants())
    return await resolve_inputs(
        opening.book,
        opening.given,
        readers,
        session.clock(),
        accounts=tuple(id_ for provider, _, id_ in accounts if provider == "aws"),
    )


def context(
    session: Session,
    book: Book,
    around: Surroundings,
    connections: OpenConnections,
    *,
    run_id: str,
    journal: Journal | MemoryJournal,
    consent: WorkspaceConsent | None,
    undone: Run | None = None,
) -> Context:
    """Return the context of a run; without `consent` it is a dry one."""
    pins = {f"{pin.tenant}/{pin.kind}/{pin.id}": pin.pattern for pin in session.policy.pins}
    return Context(
        run_id=run_id,
        book=book,
        catalogue=session.catalogue,
        connections=connections,
        consent=consent or _NoConsent(session),
        journal=journal,
        blobs=journal.blobs,
        clock=session.clock,
        actor=session.actor,
        mode=str(session.workspace.mode),
        policy=session.policy.digest,
        guards=WorkspaceGuards(
            connections=connections,
            playbook=book.main,
            called=tuple(book.calls.values()),
            catalogue=session.catalogue,
            mode=str(session.workspace.mode),
            clock=session.clock,
            pins=pins or None,
        ),
        listener=around.listener,
        reporter=around.reporter,
        nonce=os.urandom(16).hex(),
        locks=None if consent is None else session.locks,
        pace=around.pace or pace(session),
        dry=consent is None,
        residual=open_residual(
            book, session.catalogue, federated=bool(session.workspace.federation)
        ),
        seats=around.seats.labels if around.seats else {},
        undone=undone,
        sign_request=request_signer(session, run_id) if isinstance(journal, Journal) else unsigned,
    )


def pace(session: Session) -> Pace:
    """Return the pace irkit.yaml sets."""
    hold = session.workspace.hold
    looks = tuple(sorted({*hold.looks, hold.watch}))
    return Pace(looks=looks, in_doubt_wait=session.workspace.in_doubt_wait)
