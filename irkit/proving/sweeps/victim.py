"""A process that acts for a run and is killed at a given record, as hard as a process can be."""

import os
import signal
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import anyio

from irkit.actions.load import catalogue
from irkit.engine.assembly import Surroundings, connected, context
from irkit.engine.books import recorded_book
from irkit.engine.history import Inflated
from irkit.engine.runner import Runner
from irkit.engine.session import Session
from irkit.model.run import Run
from irkit.proving.testing.bench import QUICK
from irkit.report.writer import ReportWriter
from irkit.workspace.decode import load


@dataclass(frozen=True, slots=True)
class Deadly:
    """A listener that ends its process when the run has so many records."""

    at: int

    def recorded(self, run: Run, entry: Inflated) -> None:  # noqa: ARG002
        """Die there: no handler, no flush, no goodbye."""
        if run.count >= self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Nothing."""

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Nothing."""


def act(root: str, requester: str, run: str, at: int) -> None:
    """Act for a run until it waits or is over, or die at its record number `at`."""
    session = Session(
        workspace=load(Path(root)),
        catalogue=catalogue(),
        environment={},
        actor_name=requester,
    )
    anyio.run(_act, session, run, Deadly(at))


async def _act(session: Session, run: str, listener: Deadly) -> None:
    with session.journal(writing=True) as journal, session.acting(run):
        known = session.run(journal, run)
        book = recorded_book(known.playbook_source, known.playbook_file, known.calls)
        around = Surroundings(
            listener=listener,
            pace=QUICK,
            lookups_per_second=0,
            reporter=ReportWriter(session=session, journal=journal, labels={}),
        )
        async with connected(session, book, around, run_id=run, dry=False) as (connections, _):
            made = context(
                session,
                book,
                around,
                connections,
                run_id=run,
                journal=journal,
                consent=session.consent(journal),
            )
            await Runner(made).drive(wait=False)
