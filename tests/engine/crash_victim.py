"""A process that acts for a run and is killed at a given point, as hard as a process can be."""

import os
import signal
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import anyio
from deadly import DeadlyConnections
from lab_people import FAST, REQUESTER

from irkit.actions.load import catalogue
from irkit.engine.assembly import Surroundings, connected, context
from irkit.engine.books import recorded_book
from irkit.engine.connections import OpenConnections
from irkit.engine.history import Inflated
from irkit.engine.runner import Runner
from irkit.engine.session import Session
from irkit.model.run import Run
from irkit.workspace import decode


def die() -> None:
    """End this process at once: no handler, no flush, no goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Deadly:
    """A listener that kills the process at each kind of record once."""

    deaths: Path
    armed: bool = False

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Die at a new record, once armed, where nobody has died before."""
        place = f"{entry.type} {entry.body.get('change') or entry.body.get('step') or ''}"
        died = self.deaths.read_text().splitlines() if self.deaths.exists() else []
        if self.armed and place not in died:
            with self.deaths.open("a") as file:
                file.write(f"{place}\n")
            die()

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Nothing."""

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Nothing."""


def act(root: str, run_id: str, point: str, answered: int = 1) -> None:
    """Go on with a run until it waits or closes, or die at `point`.

    `record` is the first record this process makes, `sent` the write that is `answered` as the
    first, second …, and anything else no point at all.
    """
    left = iter(range(answered - 1))

    def die_in_turn() -> None:
        if next(left, None) is None:
            die()

    session = Session(
        workspace=decode.load(Path(root)),
        catalogue=catalogue(),
        environment={},
        actor_name=REQUESTER,
    )
    listener = Deadly(deaths=Path(root) / "deaths")

    async def work() -> None:
        with session.journal(writing=True) as journal, session.acting(run_id):
            consent = session.consent(journal)
            run = session.run(journal, run_id)
            book = recorded_book(run.playbook_source, run.playbook_file, run.calls)
            around = Surroundings(listener=listener, pace=FAST)
            async with connected(session, book, around, run_id=run_id, dry=False) as (opened, _):
                made: OpenConnections = opened
                if point == "sent":
                    made = DeadlyConnections(opened, die_in_turn)  # type: ignore[assignment]
                surroundings = context(
                    session,
                    book,
                    around,
                    made,
                    run_id=run_id,
                    journal=journal,
                    consent=consent,
                )
                runner = Runner(surroundings)
                listener.armed = point == "record"
                await runner.drive(wait=False)

    anyio.run(work)
