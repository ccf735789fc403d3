"""The intruder's turn: choose, try, believe what the providers answered.

Deterministic by seed: the same world, the same responders, the same dice, the same acts.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from irkit.canonical import Json
from irkit.drill.adversary.acts import ACTS
from irkit.drill.adversary.hands import Hands, WaitingError, is_outage, said
from irkit.drill.adversary.holdings import Got, Item
from irkit.drill.adversary.mind import Mind
from irkit.drill.record.kinds import Kind
from irkit.drill.record.log import DrillLog
from irkit.drill.scenario.model import Held, Scenario, Tactic
from irkit.world.browser import RefusedError
from irkit.world.calls import CallLog
from irkit.world.probing import SeatState
from irkit.world.seats import Seat

ASIDE: Final = 600
"""Seconds for which a refused tactic is left alone, if nothing else changes."""


@dataclass(slots=True, kw_only=True)
class Intruder:
    """Plays the scenario's adversary against running providers.

    Attributes:
        mind: What it believes and wants.
        hands: How it reaches the providers.
        log: Where its acts are recorded.
        calls: The providers' own log, to count what an act took.
        on_seat: Told of every credential it gets, with the tactic and whether it is one again.
        failures: How often in a row nothing worked.
        made: What its acts made first, by sort.
    """

    mind: Mind
    hands: Hands
    log: DrillLog
    calls: CallLog
    on_seat: Callable[[Seat, str, bool], None]
    dice: random.Random
    failures: int = 0
    made: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        *,
        seed: int,
        start: Iterable[Item],
        hands: Hands,
        log: DrillLog,
        calls: CallLog,
        on_seat: Callable[[Seat, str, bool], None],
    ) -> "Intruder":
        """Return the intruder of a scenario; `start` is what it has before it begins."""
        mind = Mind(plan=scenario.adversary)
        for item in start:
            mind.holdings.add(item)
        dice = random.Random(f"{seed}/{scenario.id}/adversary")  # noqa: S311  # repeatable
        return cls(mind=mind, hands=hands, log=log, calls=calls, on_seat=on_seat, dice=dice)

    @property
    def gave_up(self) -> bool:
        """Say whether it has failed too often to go on."""
        return self.failures >= self.mind.plan.gives_up_after

    def pause(self) -> int:
        """Return how many seconds it waits until its next turn."""
        every = int(self.mind.plan.every.total_seconds())
        jitter = int(self.mind.plan.jitter.total_seconds())
        return every + self.dice.randint(-jitter, jitter)

    def turn(self, t: int) -> None:
        """Do one thing, and record what came of it."""
        chosen = self.mind.next(t)
        if chosen is None:
            self.failures += 1
            return
        tactic, using = chosen
        before = len(self.calls.all())
        self.hands = replace(self.hands, number=self.hands.number + 1)
        try:
            got = ACTS[tactic.do](self.hands, using, tactic.given)
        except WaitingError as waiting:
            self.failures += 1
            self._tell(tactic, using, before, why=str(waiting))
        except RefusedError as error:
            self._tell(tactic, using, before, why=said(error))
            if not is_outage(error):
                self.failures += 1
                self._believe(tactic, using, t)
        else:
            self.failures = 0
            self._take(tactic, using, got, before)

    def _believe(self, tactic: Tactic, using: Item, t: int) -> None:
        """After a refusal: is the credential gone, or may it just not do this?"""
        if using.seat is not None and using.seat.probe() is SeatState.DEAD:
            self.mind.note_lost(using, t)
            self.log.write(Kind.LOST, holding=str(using.held), seat=using.seat_id)
            return
        self.mind.aside[tactic.id] = t + ASIDE

    def _take(self, tactic: Tactic, using: Item, got: Got, before: int) -> None:
        again = any(held.kind in self.mind.holdings.ever_lost for held in tactic.gives)
        self.mind.note_worked(tactic)
        for sort, names in got.made.items():
            self.made.setdefault(sort, names[0])
        complete = self.mind.worked[tactic.id] >= tactic.repeat
        for held in tactic.gives if complete or got.seat is not None else ():
            of = held if held.of else Held(kind=held.kind, of=using.held.of)
            login = got.login or using.login
            self.mind.holdings.add(Item(held=of, seat=got.seat, login=login))
        self._tell(tactic, using, before, got=got, again=again)
        if got.seat is not None:
            self.on_seat(got.seat, tactic.id, again)

    def _tell(
        self,
        tactic: Tactic,
        using: Item,
        before: int,
        *,
        got: Got | None = None,
        why: str = "",
        again: bool = False,
    ) -> None:
        gives: list[Json] = [str(held) for held in tactic.gives] if got else []
        made: dict[str, Json] = (
            {sort: list(names) for sort, names in got.made.items()} if got else {}
        )
        self.log.write(
            Kind.ACT,
            tactic=tactic.id,
            do=tactic.do,
            worked=got is not None,
            why=why,
            using=using.seat_id or str(using.held),
            gives=gives,
            made=made,
            again=again,
            attack=tactic.attack,
            calls=len(self.calls.all()) - before,
        )
