"""One drill while it is played: everything that happens by itself, in one order, until its end.

Nothing here waits. Whoever drives it says how far time has come: a virtual clock that is moved
from one thing to the next, or a real one that is looked at.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from irkit.drill.adversary.intruder import Intruder
from irkit.drill.exercise.agenda import Agenda
from irkit.drill.exercise.breakages import Breakages
from irkit.drill.exercise.injects import Injects
from irkit.drill.exercise.staging import Patience, hands, reset_factors, start_item
from irkit.drill.exercise.watch import Watch
from irkit.drill.record.kinds import Ending, Kind
from irkit.drill.record.log import FACILITATOR, DrillLog
from irkit.drill.scenario.model import Inject, Need, Occasion, Scenario
from irkit.trail.record import Actor
from irkit.world.seats import Seat
from irkit.world.world import World

_NOW_AND_THEN: Final = 300
_HELP_DESK: Final = "okta.call_help_desk"


@dataclass(slots=True, kw_only=True)
class Play:
    """A drill that is on.

    Attributes:
        scenario: What is played.
        world: The company.
        log: The way into the trail.
        told: Told of every inject that is given.
        move: Moves a virtual clock to a second; does nothing for a real one.
        agenda: What is to happen.
        ended: Why it is over, None while it is on.
        first_cut: When a responder first changed something.
        clean_since: Since when the intruder has had nothing, None while it has.
        claimed_by_run: Whether a run has said `contained` by itself.
    """

    scenario: Scenario
    world: World
    log: DrillLog
    told: Callable[[Inject], None]
    move: Callable[[timedelta], None]
    agenda: Agenda = field(default_factory=Agenda)
    ended: Ending | None = None
    first_cut: int | None = None
    clean_since: int | None = None
    claimed_by_run: bool = False
    intruder: Intruder = field(init=False)
    watch: Watch = field(init=False)
    injects: Injects = field(init=False)
    breakages: Breakages = field(init=False)
    patience: Patience = field(init=False)
    _losses: int = 0

    def begin(self, seed: int) -> None:
        """Let everything take its course from second 0."""
        self.breakages = Breakages(self.world.faults, self.world.okta_proxy, self.log)
        self.watch = Watch(self.world.seats, self.world.bystanders, self.log, self.breakages)
        start = [
            start_item(self.world, self.scenario, held) for held in self.scenario.adversary.start
        ]
        for item in start:
            if item.seat is not None:
                self.watch.taken(item.seat, "", again=False)
        self.intruder = Intruder.of(
            self.scenario,
            seed=seed,
            start=start,
            hands=hands(self.world, self.scenario),
            log=self.log,
            calls=self.world.calls,
            on_seat=self._taken,
        )
        self.injects = Injects(self.scenario.injects, self.agenda, self.log, self.told)
        self.patience = Patience(self.world, self.scenario)
        self._look_in()
        self.agenda.put(0, self._turn)
        self.injects.start()
        for broken in self.scenario.world.broken:
            at = int(broken.at.total_seconds())
            self.agenda.put(at, lambda broken=broken: self.breakages.begin(broken))  # type: ignore[misc]
            until = at + int(broken.lasts.total_seconds())
            self.agenda.put(until, lambda broken=broken: self.breakages.end(broken))  # type: ignore[misc]
        self.agenda.put(int(self.scenario.lasts.total_seconds()), lambda: self.end(Ending.CLOCK))

    def run_to(self, t: int) -> None:
        """Let everything happen that is due by second `t`, each at its own time."""
        while self.ended is None and (due := self.agenda.due()) is not None and due <= t:
            self.move(timedelta(seconds=due))
            self.agenda.take()()
            self._consider()

    def looked(self) -> None:
        """Try every credential now: a responder has changed something."""
        if self.ended is None:
            self.watch.look()
            self._consider()

    def cut(self) -> None:
        """Note that a responder changed something."""
        if self.first_cut is None:
            self.first_cut = self.log.seconds()
            self.injects.occasion(Occasion.FIRST_CUT, self.first_cut)
        self.looked()

    def declared(self) -> None:
        """Note that an incident was declared; the record is written by who did it."""
        self.injects.occasion(Occasion.DECLARED, self.log.seconds())

    def claim(self, actor: Actor = FACILITATOR, *, run: str = "") -> tuple[str, ...]:
        """Somebody says `contained`: try every credential, and record what was alive."""
        if self.ended is not None:
            return ()
        self.watch.look()
        alive = self.watch.alive
        self.claimed_by_run |= bool(run)
        self.log.write(Kind.CLAIMED, actor=actor, run=run, alive=list(alive))
        now = self.log.seconds()
        self.injects.occasion(Occasion.CLAIMED, now)
        if alive:
            self.injects.occasion(Occasion.FALSE_CLAIM, now)
        self._consider()
        return alive

    def decided(self, decision: str, option: str) -> None:
        """Let a decision have its effect on the intruder's chances."""
        self.intruder.mind.decided[decision] = option
        for tactic in self.scenario.adversary.all_tactics:
            if tactic.decision == (decision, option) and tactic.do == _HELP_DESK:
                for login in self._whose(tactic.needs):
                    reset_factors(self.world, login)

    def end(self, why: Ending, text: str = "", actor: Actor = FACILITATOR) -> None:
        """End the drill; nothing happens in it any more."""
        if self.ended is not None:
            return
        self.watch.look()
        self.ended = why
        self.agenda.clear()
        self.log.write(Kind.ENDED, actor=actor, why=str(why), text=text)

    def _look_in(self) -> None:
        """Try every credential now and then: some end by themselves."""
        self.watch.look()
        self.agenda.put(self.log.seconds() + _NOW_AND_THEN, self._look_in)

    def _turn(self) -> None:
        """Let the intruder act, and come again unless it has given up."""
        t = self.log.seconds()
        self.patience.look()
        taken = len(self.watch.by)
        came_back, lost = self._acted(t), self._lost()
        for occasion, so in ((Occasion.SEAT_LOST, lost), (Occasion.CAME_BACK, came_back)):
            if so:
                self.injects.occasion(occasion, t)
        if not self.intruder.gave_up:
            self.agenda.put(t + self.intruder.pause(), self._turn)
        if lost or len(self.watch.by) > taken:
            self.watch.look()
        if self.intruder.mind.at_goal:
            self.end(Ending.GOAL)

    def _acted(self, t: int) -> bool:
        worked = dict(self.intruder.mind.worked)
        again = len(self.watch.by)
        self.intruder.turn(t)
        for tactic, count in self.intruder.mind.worked.items():
            if count > worked.get(tactic, 0):
                self.injects.tactic_worked(tactic, t)
        newest = list(self.watch.by.values())[again:]
        return any(is_again for _, is_again in newest)

    def _lost(self) -> bool:
        lost = len(self.intruder.mind.holdings.ever_lost)
        before, self._losses = self._losses, lost
        return lost > before

    def _taken(self, seat: Seat, tactic: str, again: bool) -> None:
        self.watch.taken(seat, tactic, again)

    def _consider(self) -> None:
        """End a drill whose intruder has had nothing for long enough."""
        if self.ended is not None:
            return
        now = self.log.seconds()
        if self.watch.alive or self.first_cut is None:
            self.clean_since = None
            return
        if self.clean_since is None:
            self.clean_since = now
            wait = int(self.scenario.evicted_for.total_seconds())
            self.agenda.put(now + wait, lambda: None)
        if now - self.clean_since >= self.scenario.evicted_for.total_seconds():
            self.end(Ending.EVICTED)

    def _whose(self, needs: Iterable[Need]) -> tuple[str, ...]:
        """Return the logins that a tactic's needs speak of."""
        entities = self.scenario.world.entities
        found = {held.of for need in needs for held in need.any if held.of in entities}
        return tuple(sorted(entities[name].name for name in found))
