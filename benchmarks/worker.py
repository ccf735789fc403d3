"""`python -m benchmarks.worker ROOT RUN [KIND COUNT]`: one process that acts for a run.

It goes on until the run closes or waits for somebody, or kills itself, as hard as a process can be
killed, when it has recorded COUNT records of KIND.
"""

import os
import signal
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import anyio

from irkit.actions.load import catalogue
from irkit.engine.assembly import Surroundings, connected, context
from irkit.engine.books import recorded_book
from irkit.engine.context import Pace
from irkit.engine.history import Inflated
from irkit.engine.runner import Runner
from irkit.engine.session import Session
from irkit.model.run import Run
from irkit.workspace import decode

REQUESTER = "dana@acme.example"
_TASKS = 64


@dataclass
class Deadly:
    """A listener that ends the process at the last of so many records of a kind."""

    kind: str
    left: int
    armed: bool = False

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Count a record that this process made."""
        if not self.armed or entry.type != self.kind:
            return
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Nothing."""

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Nothing."""


async def _act(session: Session, run_id: str, listener: Deadly) -> None:
    pace = Pace(looks=(), tasks=_TASKS, in_doubt_wait=timedelta(seconds=1))
    with session.journal(writing=True) as journal, session.acting(run_id):
        consent = session.consent(journal)
        run = session.run(journal, run_id)
        book = recorded_book(run.playbook_source, run.playbook_file, run.calls)
        around = Surroundings(listener=listener, pace=pace)
        async with connected(session, book, around, run_id=run_id, dry=False) as (opened, _):
            surroundings = context(
                session, book, around, opened, run_id=run_id, journal=journal, consent=consent
            )
            runner = Runner(surroundings)
            listener.armed = True
            await runner.drive(wait=False)


def main(root: str, run_id: str, kind: str = "", count: str = "0") -> None:
    """Act for a run."""
    session = Session(
        workspace=decode.load(Path(root)),
        catalogue=catalogue(),
        environment={},
        actor_name=REQUESTER,
    )
    anyio.run(_act, session, run_id, Deadly(kind, int(count)))


if __name__ == "__main__":
    main(*sys.argv[1:])
