"""A bench: a world of its own, an exercise workspace that points at it, and runs that are driven.

The runs go the way of every run: the same connections, guards, plan, approvals, engine and trail.
Only the pace is another one, and the clock, which people who do not answer let run on.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import anyio

from irkit.actions.load import catalogue
from irkit.engine.assembly import Surroundings, connected, context, open_and_prepare
from irkit.engine.books import recorded_book
from irkit.engine.context import Listener, Pace
from irkit.engine.demo_approvers import enrol, seal
from irkit.engine.generated import undo_text
from irkit.engine.history import Inflated
from irkit.engine.opening import Opening
from irkit.engine.runner import Driven, Ending, Runner
from irkit.engine.seats import SuppliedSeats
from irkit.engine.session import Session
from irkit.engine.ulid import ulid
from irkit.engine.walk import Book
from irkit.model.run import Run
from irkit.proving.testing.people import People
from irkit.proving.testing.suite import Setting
from irkit.proving.world_facts import facts
from irkit.report.writer import ReportWriter
from irkit.trail.journal import Journal
from irkit.workspace.decode import load
from irkit.workspace.init import init
from irkit.world.world import Knobs, World

QUICK: Final = Pace(
    looks=(timedelta(milliseconds=50), timedelta(milliseconds=100)),
    poll=timedelta(milliseconds=20),
    verify_every=timedelta(milliseconds=50),
    in_doubt_wait=timedelta(milliseconds=50),
    visible_within=timedelta(seconds=3),
)
"""As every run, only sooner."""

_TURNS: Final = 40
"""How often people may act on one run before it is given up."""

_LONG: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Silent:
    """A listener that shows nothing and lets waits of the run's own pass at once."""

    world: World

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Nothing."""

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:  # noqa: ARG002
        """Let the time pass."""
        now = self.world.clock()
        if until is not None and until - now > _LONG:
            self.world.clock.advance(until - now)

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A running world and a workspace; `root` is the workspace's directory."""

    world: World
    root: Path
    requester: str

    @property
    def session(self) -> Session:
        """Open the workspace anew, as each command does."""
        return Session(
            workspace=load(self.root),
            catalogue=catalogue(),
            environment={},
            actor_name=self.requester,
            clock=self.world.clock,
        )

    def around(self, session: Session, journal: Journal, listener: Listener) -> Surroundings:
        """Return what a run has around it."""
        seats = SuppliedSeats(
            entries={seat.id: {"id": seat.id, "label": seat.label} for seat in self.world.seats},
            try_one=lambda entry: str(self.world.seats[str(entry["id"])].probe()),
        )
        return Surroundings(
            listener=listener,
            seats=seats if seats.entries else None,
            pace=QUICK,
            lookups_per_second=0,
            reporter=ReportWriter(session=session, journal=journal, labels=seats.labels),
        )

    def opening(self, book: Book, inputs: dict[str, str], undoes: str = "") -> Opening:
        """Return what a run starts with."""
        return Opening(
            book=book,
            given=inputs,
            mode="drill",
            requester=self.requester,
            undoes=undoes,
            run_id=ulid(self.world.clock(), os.urandom(10)),
        )

    def calls_so_far(self) -> int:
        """Return the index of the next call."""
        last = self.world.calls.all()[-1:]
        return last[0].index + 1 if last else 0

    def undo_of(self, run: Run) -> Opening:
        """Return what the run that takes `run` back starts with."""
        made_by = recorded_book(run.playbook_source, run.playbook_file, run.calls)
        book = recorded_book(undo_text(run, made_by.main), f"undo-{run.id}.yaml", {})
        return self.opening(book, {}, undoes=run.id)

    def run_of(self, run: str) -> Run:
        """Fold a run from the trail."""
        session = self.session
        with session.journal(writing=False) as journal:
            return session.run(journal, run)

    def carry(self, opening: Opening, people: People, undone: Run | None = None) -> Driven:
        """Open a run and drive it until it is over, or nobody does anything more.

        Raises:
            IrkitError: if it cannot be opened.
        """
        return _some(anyio.run(self._carry, opening, people, undone, True, True))

    def open(self, opening: Opening, people: People) -> None:
        """Open a run and do nothing more."""
        anyio.run(self._carry, opening, people, None, True, False)

    def resume(self, opening: Opening, people: People) -> Driven:
        """Take a run up where its records left it, and drive it like any other."""
        return _some(anyio.run(self._carry, opening, people, None, False, True))

    async def _carry(
        self, opening: Opening, people: People, undone: Run | None, opens: bool, drives: bool
    ) -> Driven | None:
        session, journal, run = people.session, people.journal, opening.run_id
        around = self.around(session, journal, Silent(self.world))
        driven: Driven | None = None
        with session.acting(run):
            async with connected(session, opening.book, around, run_id=run, dry=False) as (
                connections,
                _,
            ):
                if opens:
                    await open_and_prepare(
                        session, opening, connections, journal=journal, blobs=journal.blobs
                    )
                for _turn in range(_TURNS if drives else 0):
                    consent = session.consent(journal)
                    session.check_policy(consent)
                    made = context(
                        session,
                        opening.book,
                        around,
                        connections,
                        run_id=run,
                        journal=journal,
                        consent=consent,
                        undone=undone,
                    )
                    driven = await Runner(made).drive(wait=False)
                    if driven.ending is Ending.CLOSED or not people.act(driven.run, consent):
                        break
        return driven


def _some(driven: Driven | None) -> Driven:
    assert driven is not None, "it was driven"
    return driven


@contextmanager
def bench(setting: Setting, root: Path, requester: str) -> Iterator[Bench]:
    """Start a world as `setting` says, and make a sealed workspace for it in `root`.

    Raises:
        IrkitError: if the world cannot be started, or cannot plant what is asked for.
    """
    knobs = Knobs(lookups_per_second=0.0)
    if setting.users is not None:
        knobs["users"] = setting.users
    with World.start(setting.fixture, seed=setting.seed, **knobs) as world:
        if setting.intruder:
            world.plant_intruder()
        else:
            world.plant_colleagues()
        if setting.story:
            world.tell(setting.story)
        for kind in setting.plant:
            world.plant(kind)
        for login, role in setting.admins.items():
            world.okta.assign_role(world.okta_ids.users[login], role)
        root.mkdir(parents=True, exist_ok=True)
        known = facts(world)
        init(root, world=replace(known, regions=setting.regions or known.regions))
        enrol(load(root))
        made = Bench(world=world, root=root, requester=requester)
        seal(made.session)
        yield made
