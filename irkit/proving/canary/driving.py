"""Carrying a canary's runs out: by the same plan, guards, approvals, engine and trail as any run.

Nothing is approved before it is certain that the plan touches the canary's user and nothing else.
Whoever approves does it with a key of their own that the test file names; where that is not enough
the run is cancelled, because nobody waits for a canary.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import asked
from irkit.engine.approving import Approving, signed
from irkit.engine.assembly import Surroundings, connected, context, open_and_prepare
from irkit.engine.books import recorded_book
from irkit.engine.connections import OpenConnections
from irkit.engine.consent import WorkspaceConsent
from irkit.engine.context import Listener, Pace
from irkit.engine.generated import undo_text
from irkit.engine.opening import Opening
from irkit.engine.runner import Driven, Ending, Runner
from irkit.engine.session import Session
from irkit.engine.steering import Steering
from irkit.engine.ulid import ulid
from irkit.engine.walk import Book
from irkit.model.approval import Decision
from irkit.model.change import Target
from irkit.model.owners import touched
from irkit.model.run import Run
from irkit.providers.aws.settings import LOOKUPS_PER_SECOND
from irkit.proving.canary.history import RUN, say
from irkit.proving.canary.orders import Orders
from irkit.report.writer import ReportWriter
from irkit.trail.approvals import sign_statement
from irkit.trail.journal import Journal
from irkit.trail.signing_keys import SigningKey, load_signing_key

_TURNS: Final = 20
_INSTANCE: Final = re.compile(r"[\[~/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Carries runs out for one canary; `target` is all they may touch."""

    session: Session
    journal: Journal
    orders: Orders
    target: Target
    canary: str
    listener: Listener
    pace: Pace | None = None
    lookups_per_second: int = LOOKUPS_PER_SECOND

    async def contain(self, book: Book, inputs: dict[str, str]) -> Run:
        """Make the playbook's run."""
        return await self._carry(self._opening(book, inputs))

    async def take_back(self, run: Run) -> Run:
        """Make the run that takes `run` back."""
        made_by = recorded_book(run.playbook_source, run.playbook_file, run.calls)
        book = recorded_book(undo_text(run, made_by.main), f"undo-{run.id}.yaml", {})
        return await self._carry(self._opening(book, {}, undoes=run.id), run)

    async def end(self, run: Run) -> Run:
        """Cancel a run that was left, and let it come to its end."""
        book = recorded_book(run.playbook_source, run.playbook_file, run.calls)
        return await self._driven(run.id, book, None, self._cancelled("left by a canary"))

    def _opening(self, book: Book, inputs: dict[str, str], undoes: str = "") -> Opening:
        return Opening(
            book=book,
            given=inputs,
            mode=str(self.session.workspace.mode),
            requester=self.session.actor_name,
            undoes=undoes,
            case="",
            run_id=ulid(self.session.clock(), os.urandom(10)),
        )

    async def _carry(self, opening: Opening, undone: Run | None = None) -> Run:
        say(self.journal, self.session.actor, RUN, self.canary, run=opening.run_id)
        return await self._driven(opening.run_id, opening.book, undone, self._act, opening)

    async def _driven(
        self,
        run_id: str,
        book: Book,
        undone: Run | None,
        act: Callable[[Run, WorkspaceConsent], bool],
        opening: Opening | None = None,
    ) -> Run:
        """Drive one run until it is over, or nobody does anything more."""
        session, journal = self.session, self.journal
        around = Surroundings(
            listener=self.listener,
            pace=self.pace,
            lookups_per_second=self.lookups_per_second,
            reporter=ReportWriter(session=session, journal=journal, labels={}),
        )
        with session.acting(run_id):
            async with connected(
                session, book, around, run_id=run_id, dry=False, undone=undone
            ) as (connections, _):
                if opening is not None:
                    await open_and_prepare(
                        session, opening, connections, journal=journal, blobs=journal.blobs
                    )
                for _turn in range(_TURNS):
                    consent = session.consent(journal)
                    driven = await self._turn(run_id, book, undone, connections, consent)
                    if driven.ending is Ending.CLOSED or not act(driven.run, consent):
                        break
                if driven.ending is not Ending.CLOSED:
                    driven = await self._given_up(run_id, book, undone, connections, driven)
        return session.run(journal, run_id)

    async def _turn(
        self,
        run_id: str,
        book: Book,
        undone: Run | None,
        connections: OpenConnections,
        consent: WorkspaceConsent,
    ) -> Driven:
        self.session.check_policy(consent)
        made = context(
            self.session,
            book,
            Surroundings(listener=self.listener, pace=self.pace),
            connections,
            run_id=run_id,
            journal=self.journal,
            consent=consent,
            undone=undone,
        )
        return await Runner(made).drive(wait=False)

    async def _given_up(
        self,
        run_id: str,
        book: Book,
        undone: Run | None,
        connections: OpenConnections,
        driven: Driven,
    ) -> Driven:
        """Cancel a run that waits for somebody, and say for whom."""
        self._cancelled(f"a canary does not wait: {'; '.join(driven.waits)}")(
            driven.run, self.session.consent(self.journal)
        )
        return await self._turn(
            run_id, book, undone, connections, self.session.consent(self.journal)
        )

    def _cancelled(self, why: str) -> Callable[[Run, WorkspaceConsent], bool]:
        def act(run: Run, _consent: WorkspaceConsent) -> bool:
            if run.closed or run.cancelled:
                return False
            Steering(self.journal, run, self.session.actor).cancel(why)
            return True

        return act

    def _act(self, run: Run, consent: WorkspaceConsent) -> bool:
        """Approve what waits and answer what is asked; say whether anything was done."""
        stray = strays(run, self.target)
        if stray:
            self._cancelled("it would touch what is no canary")(run, consent)
            raise _no_canary(run, stray)
        acted = [self._approve(run, consent, who, key) for who, key in self.orders.approve.items()]
        answered = [self._answer(run, path) for path in run.asked if path not in run.answers]
        return any((*acted, *answered))

    def _approve(self, run: Run, consent: WorkspaceConsent, who: str, key: str) -> bool:
        consent.catch_up()
        if run.closed or run.plan is None:
            return False
        parts = asked.waiting_parts(run, consent, self.session.clock())
        state = consent.fold.runs.get(run.id)
        votes = tuple(state.votes.values()) if state else ()
        digests = {run.part_digests[part] for part in parts}
        if not parts or any(v.approver == who and digests <= set(v.parts) for v in votes):
            return False
        signing = signing_key(self.session, key)
        approving = Approving(self.session, self.journal, consent, run)
        for request in asked.of_run(run, parts, self.journal, consent):
            statement = request.statement(Decision.APPROVE, who, self.session.clock())
            approving.accept(signed(request, statement, sign_statement(statement, signing)))
        return True

    def _answer(self, run: Run, path: str) -> bool:
        values = self.orders.answers.get(_INSTANCE.split(path, maxsplit=1)[0])
        if values is None:
            return False
        steering = Steering(self.journal, run, self.session.actor)
        steering.answer(path, values, self.session.clock())
        return True


def signing_key(session: Session, named: str) -> SigningKey:
    """Return the key that the test file names: a file of the workspace, `file:PATH`."""
    return load_signing_key(str(session.workspace.root / named.removeprefix("file:")))


def strays(run: Run, canary: Target) -> tuple[str, ...]:
    """Return what a run's plan touches besides the canary's user and what is that user's own."""
    return tuple(
        state.change.target.label
        for state in run.changes.values()
        if not any(one.key == canary.key for one in touched(state.change.target))
    )


def _no_canary(run: Run, stray: tuple[str, ...]) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK872",
            summary=f"the plan would touch what is no canary: {', '.join(stray)}",
            help=f"nothing was approved and the run is cancelled; see it: irkit plan {run.id}",
        )
    )
