"""What the intruder tries next: pure, from what it believes to hold and what it has tried.

The first tactic whose needs hold and that is not done is next. After a loss the tactics for losses
come first. A tactic that was refused is set aside until something has changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from irkit.drill.adversary.holdings import Holdings, Item
from irkit.drill.scenario.model import Adversary, Held, Tactic
from irkit.drill.scenario.verbs import VERBS

SET_ASIDE: 0 = 0  # type: ignore[valid-type]


@dataclass(slots=True, kw_only=True)
class Mind:
    """Belief and memory of one intruder.

    Attributes:
        plan: The scenario's adversary.
        holdings: What it believes to hold.
        worked: How often each tactic has worked.
        aside: Tactics that were refused, with the moment until which they are left alone.
        lost_at: When the last loss was noticed.
        decided: The decisions that were taken, by id.
    """

    plan: Adversary
    holdings: Holdings = field(default_factory=Holdings)
    worked: dict[str, int] = field(default_factory=dict)
    aside: dict[str, int] = field(default_factory=dict)
    lost_at: int | None = None
    decided: dict[str, str] = field(default_factory=dict)

    def next(self, t: int) -> "tuple[Tactic, Item] | None":
        """Return what to try now and with what, None where there is nothing."""
        for tactic in self._candidates():
            if self.aside.get(tactic.id, -1) > t or self._done(tactic) or not self._may(tactic, t):
                continue
            using = self._using(tactic)
            if using is not None:
                return tactic, using
        return None

    def done(self, held: Held) -> bool:
        """Say whether a goal is reached: some tactic that gives it has worked often enough."""
        return any(
            held in tactic.gives and self.worked.get(tactic.id, 0) >= tactic.repeat
            for tactic in self.plan.all_tactics
        )

    @property
    def at_goal(self) -> bool:
        """Say whether everything that was wanted is reached."""
        return all(self.done(held) for held in self.plan.goal)

    def note_worked(self, tactic: Tactic) -> None:
        """Remember a success: what was set aside may work now."""
        self.worked[tactic.id] = self.worked.get(tactic.id, 0) + 1
        if tactic.gives and tactic.repeat == 1:
            self.aside.clear()

    def note_lost(self, item: Item, t: int) -> None:
        """Remember a loss: what was set aside is thought over again."""
        self.holdings.lose(item)
        self.lost_at = t
        self.aside.clear()

    def _candidates(self) -> Iterator[Tactic]:
        if self.holdings.lost:
            yield from self.plan.on_loss
        yield from self.plan.tactics

    def _done(self, tactic: Tactic) -> bool:
        """A tactic that is renewed is done while what it gives is held."""
        if tactic.renew or tactic in self.plan.on_loss:
            return all(self.holdings.of(held) is not None for held in tactic.gives)
        return self.worked.get(tactic.id, 0) >= tactic.repeat

    def _may(self, tactic: Tactic, t: int) -> bool:
        if tactic.decision is not None:
            decision, option = tactic.decision
            if self.decided.get(decision) != option:
                return False
        waited = t - (self.lost_at if self.lost_at is not None else t)
        if tactic.delay and waited < tactic.delay.total_seconds():
            return False
        return all(self.holdings.any_of(need.any) is not None for need in tactic.needs)

    def _using(self, tactic: Tactic) -> Item | None:
        """Return what the verb works with: what the tactic needs, or else whatever will do."""
        uses = VERBS[tactic.do].uses
        needed = [held for need in tactic.needs for held in need.any if held.kind in uses]
        return self.holdings.any_of(needed or [Held(kind=kind) for kind in uses])
