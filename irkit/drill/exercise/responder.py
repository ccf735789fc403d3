"""A scripted responder: runs playbooks the way people do, and signs as approvers do.

The same connections, plan, approvals, engine and trail as every run. Only waiting is different:
where a run would wait, virtual time moves on, and whatever happens meanwhile happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import anyio

from irkit.drill.exercise.clocks import VirtualClock
from irkit.drill.exercise.colleagues import Colleagues
from irkit.drill.exercise.play import Play
from irkit.drill.exercise.site import RESPONDER, Site
from irkit.engine.assembly import Surroundings, connected, context, open_and_prepare
from irkit.engine.context import Pace
from irkit.engine.history import Inflated
from irkit.engine.opening import Opening
from irkit.engine.runner import Driven, Ending, Runner
from irkit.engine.ulid import ulid
from irkit.engine.walk import Book
from irkit.model.run import Run
from irkit.report.writer import ReportWriter
from irkit.trail.journal import Journal

PACE: Final = Pace(
    looks=(timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5)),
    poll=timedelta(milliseconds=5),
    in_doubt_wait=timedelta(seconds=1),
    visible_within=timedelta(seconds=30),
)
"""As live, but for the long look: a drill's logs have no lag."""

A_CHANGE: Final = timedelta(seconds=2)
"""What one change takes in virtual time."""

_TURNS: Final = 20
_A_WHILE: Final = timedelta(minutes=1)
_SPREAD: Final = 1_000_003


@dataclass(slots=True)
class Ears:
    """Hears what a run does: lets time pass, and tells the exercise of cuts and claims."""

    play: Play
    clock: VirtualClock

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Let a change take its time, and be judged."""
        if entry.type == "step.result" and entry.body.get("outcome") == "changed":
            self.pass_on(A_CHANGE)
            self.play.cut()
        elif entry.type == "run.closed" and entry.body.get("outcome") == "contained":
            self.play.claim(run=run.id)

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:  # noqa: ARG002
        """Let time pass until something can be done again."""
        if until is not None and until > self.clock():
            self.pass_on(until - self.clock())

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Nothing."""

    def limited(self) -> None:
        """Let a limit pass: however many calls wait for it, it ends once, and when it should."""
        until = self.play.breakages.limited_until()
        if until is not None:
            self.pass_on(until - self.clock.passed)

    def pass_on(self, by: timedelta) -> None:
        """Let time pass, and what is due happen."""
        until = self.clock.passed + by
        self.play.run_to(int(until.total_seconds()))
        self.clock.move_to(until)


@dataclass(slots=True, kw_only=True)
class Responder:
    """Somebody who runs playbooks in a drill, and the colleagues who sign."""

    site: Site
    play: Play
    clock: VirtualClock
    journal: Journal
    approve_after: timedelta = timedelta()

    @property
    def colleagues(self) -> Colleagues:
        """Return those who sign."""
        return Colleagues(
            site=self.site,
            journal=self.journal,
            breakages=self.play.breakages,
            clock=self.clock,
        )

    def carry(self, book: Book, inputs: Mapping[str, str]) -> Driven:
        """Run a playbook from its plan to its end, or until nobody does anything more.

        Raises:
            IrkitError: if it cannot be opened.
        """
        return anyio.run(self._carry, book, inputs)

    async def _carry(self, book: Book, inputs: Mapping[str, str]) -> Driven:
        session = self.site.session()
        run = ulid(self.clock(), self._bytes())
        ears = Ears(self.play, self.clock)
        around = Surroundings(
            listener=ears,
            on_wait=lambda _: ears.limited(),
            pace=PACE,
            lookups_per_second=0,
            reporter=ReportWriter(session=session, journal=self.journal, labels={}),
        )
        opening = Opening(book=book, given=inputs, mode="drill", requester=RESPONDER, run_id=run)
        driven: Driven | None = None
        for _ in range(_TURNS):
            async with connected(session, book, around, run_id=run, dry=False) as (found, _silent):
                if driven is None:
                    await open_and_prepare(
                        session, opening, found, journal=self.journal, blobs=self.journal.blobs
                    )
                consent = session.consent(self.journal)
                made = context(
                    session,
                    book,
                    around,
                    found,
                    run_id=run,
                    journal=self.journal,
                    consent=consent,
                )
                driven = await Runner(made).drive(wait=False)
            if driven.ending is Ending.CLOSED or not self._people(driven.run):
                break
        assert driven is not None, "there is at least one turn"
        return driven

    def _people(self, run: Run) -> bool:
        """Let people sign and answer, after the time it takes them; say whether anybody did."""
        if not self.colleagues.waiting(run) and not run.asked.keys() - run.answers.keys():
            return False
        self.wait(self.approve_after)
        while not (done := self.colleagues.help(run)):
            if self.play.ended or not self.colleagues.any_asleep:
                break
            self.wait(_A_WHILE)
        return done

    def wait(self, by: timedelta) -> None:
        """Let time pass."""
        Ears(self.play, self.clock).pass_on(by)

    def _bytes(self) -> bytes:
        """Return what makes a run's id its own, the same in every play of one seed."""
        number = (self.clock.seconds * _SPREAD + self.site.world.seed) % (1 << 80)
        return number.to_bytes(10)
