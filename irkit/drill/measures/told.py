"""What every measure reads: the scenario, the drill as its records tell it, and the deeds in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from irkit.drill.record.deeds import Deed, Done, deeds
from irkit.drill.record.state import Act, Drill
from irkit.drill.scenario.model import Scenario, Style
from irkit.model.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A drill that is measured. All times are exercise seconds."""

    scenario: Scenario
    drill: Drill
    deeds: tuple[Done, ...]

    @classmethod
    def of(cls, scenario: Scenario, drill: Drill, runs: Iterable[Run]) -> "Told":
        """Gather what is measured."""
        return cls(scenario=scenario, drill=drill, deeds=deeds(drill, runs))

    @property
    def end(self) -> int:
        """Return when it ended, or how far it has come."""
        return self.drill.end.t if self.drill.end else self.drill.last_t

    @property
    def began(self) -> int:
        """Return when the first bad thing happened."""
        first = self.scenario.truth.first_bad
        return next((act.t for act in self.drill.acts if act.tactic == first), 0)

    @property
    def worked(self) -> tuple[Act, ...]:
        """Return what the intruder did."""
        return tuple(act for act in self.drill.acts if act.worked)

    @property
    def only_talked(self) -> bool:
        """Say whether it was talked through: what irkit would have done there is not known."""
        return self.drill.style == Style.TABLETOP and not self.of_deed(Deed.CUT)

    def first(self, *wanted: Deed) -> int | None:
        """Return when the first deed of these was done."""
        return min((done.t for done in self.deeds if done.deed in wanted), default=None)

    def of_deed(self, deed: Deed) -> tuple[Done, ...]:
        """Return every deed of one sort."""
        return tuple(done for done in self.deeds if done.deed is deed)

    def since_it_began(self, t: int | None) -> int | None:
        """Return how long after the first bad thing a time is."""
        return None if t is None else max(t - self.began, 0)
