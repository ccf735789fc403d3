"""A drill with people: real time, at a speed; what they do in other terminals is read in the trail.

Nobody tells this process anything but by a record. So what steers a drill is what its report is
made of, and whoever takes part needs nothing but a workspace.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from irkit.clock import system_clock
from irkit.drill.exercise.clocks import PacedClock
from irkit.drill.exercise.colleagues import Colleagues
from irkit.drill.exercise.play import Play
from irkit.drill.exercise.site import Site
from irkit.drill.record.kinds import Ending, Kind
from irkit.drill.record.log import FACILITATOR
from irkit.engine.runs import all_runs
from irkit.model.run import Run
from irkit.trail.journal import Journal
from irkit.trail.record import Record

TICK: Final = 0.25
"""Seconds between two looks at the clock and the trail."""

COLLEAGUES_TAKE: Final = 120
"""Exercise seconds that scripted colleagues need to read and sign."""


@dataclass(slots=True, kw_only=True)
class Live:
    """Carries a drill through real time.

    Attributes:
        play: What happens by itself.
        site: Where it happens.
        journal: The trail, which others write to as well.
        clock: The exercise's time.
        solo: Scripted colleagues sign and answer.
        heard: Told of every record, for the facilitator's screen.
        stopping: Says whether the facilitator wants to end it.
    """

    play: Play
    site: Site
    journal: Journal
    clock: PacedClock
    solo: bool
    heard: Callable[[Record], None]
    stopping: Callable[[], bool] = lambda: False
    read_to: int = -1
    _asked: dict[str, int] = field(default_factory=dict)

    def run(self) -> Ending:
        """Play until the end, and return why it ended."""
        while (ended := self._turn()) is None:
            time.sleep(TICK)
        self.listen()
        return ended

    def _turn(self) -> Ending | None:
        """Let happen what is due, and hear what people did."""
        self.play.run_to(self.clock.seconds)
        self.listen()
        if self.stopping():
            self.play.end(Ending.STOPPED, "from the facilitator's terminal")
        if self.solo and self.clock.running:
            self._help()
        return self.play.ended

    def listen(self) -> None:
        """Take in what has been recorded since the last look."""
        cut = False
        for record in tuple(self.journal.follow(self.read_to)):
            self.read_to = record.n
            self.heard(record)
            cut |= self._take(record)
        if cut and self.play.ended is None:
            self.play.cut()

    def _take(self, record: Record) -> bool:
        """Let one record have its effect; say whether something was changed."""
        if record.run is not None:
            if record.type == "run.closed" and record.body.get("outcome") == "contained":
                self.play.claim(record.actor, run=record.run)
            return record.type == "step.result" and record.body.get("outcome") == "changed"
        if record.actor != FACILITATOR and record.body.get("drill") == self.play.log.drill:
            self._steered(record)
        return False

    def _steered(self, record: Record) -> None:
        body = record.body
        match record.type:
            case Kind.CLOCK:
                if body.get("speed"):
                    self.clock.run()
                else:
                    self.clock.pause()
            case Kind.SKIPPED:
                self.play.injects.leave_out(str(body["inject"]))
            case Kind.INJECT:
                self.play.injects.by_hand(str(body["inject"]))
            case Kind.DECLARED:
                self.play.declared()
            case Kind.SAID_CONTAINED:
                self.play.claim(record.actor)
            case Kind.DECIDED:
                self.play.decided(str(body["about"]), str(body["text"]))
            case Kind.ENDED:
                self.play.ended = Ending(str(body["why"]))
            case _:
                pass

    def _help(self) -> None:
        """Let scripted colleagues sign and answer what has waited for long enough."""
        colleagues = Colleagues(
            site=self.site,
            journal=self.journal,
            breakages=self.play.breakages,
            clock=system_clock,
        )
        for run in all_runs(self.journal):
            asks = colleagues.waiting(run) or run.asked.keys() - run.answers.keys()
            if run.closed or not asks or (self._waited(run) and colleagues.help(run)):
                self._asked.pop(run.id, None)

    def _waited(self, run: Run) -> bool:
        """Say whether a run has waited for as long as it takes colleagues to look."""
        since = self._asked.setdefault(run.id, self.clock.seconds)
        return self.clock.seconds - since >= COLLEAGUES_TAKE
