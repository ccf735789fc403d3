"""What the rules of findings read, and what each of them gives."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from irkit.drill.measures.told import Told
from irkit.drill.record.kinds import BROKEN_OFF
from irkit.drill.report.model import (
    ApprovalRow,
    DecisionRow,
    ExpectationRow,
    ObjectiveRow,
    QuestionRow,
    SeatRow,
)
from irkit.drill.scenario.goals import UNITS, Measure, Unit
from irkit.model.spec import Catalogue
from irkit.report.times import passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a rule may look at. `cutters` are the actions that cut each kind of credential."""

    told: Told
    values: Mapping[str, int | None]
    objectives: tuple[ObjectiveRow, ...]
    expectations: tuple[ExpectationRow, ...]
    decisions: tuple[DecisionRow, ...]
    approvals: tuple[ApprovalRow, ...]
    questions: tuple[QuestionRow, ...]
    seats: tuple[SeatRow, ...]
    bystanders: tuple[SeatRow, ...]
    cutters: Mapping[str, tuple[str, ...]]

    def value(self, measure: Measure) -> int | None:
        """Return a measured value."""
        return self.values.get(measure)

    @property
    def unfinished(self) -> bool:
        """Say whether it is still on, or ended before anybody had won."""
        end = self.told.drill.end
        return end is None or end.why in BROKEN_OFF

    @property
    def drill_again(self) -> str:
        """Return the command that plays the scenario once more."""
        return f"irkit drill run {shlex.quote(self.told.scenario.id)}"

    @property
    def plan(self) -> str:
        """Return the command that plans the playbook which is meant for the scenario."""
        scenario = self.told.scenario
        given = {
            name: name.upper() if value.startswith("@") else value
            for name, value in scenario.inputs().items()
        }
        inputs = (f"-i {shlex.quote(f'{name}={value}')}" for name, value in given.items())
        return " ".join((f"irkit plan {shlex.quote(scenario.respond.playbook)}", *inputs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A finding without its number. `measures` are those it speaks of."""

    bad: bool
    what: str
    evidence: tuple[str, ...]
    improve: str
    command: str
    done_when: str
    measures: frozenset[Measure] = frozenset()


def cutters(catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    """Return by kind of credential the actions that cut it."""
    found: dict[str, tuple[str, ...]] = {}
    for spec in catalogue:
        for kind in spec.cuts:
            found[str(kind)] = (*found.get(str(kind), ()), spec.id)
    return found


def in_unit(value: int | None, unit: str, *, never: bool = False) -> str:
    """Return a measured value as people read it; `never` is what did not happen."""
    if value is None:
        return "never" if never else "not measured"
    match unit:
        case Unit.SECONDS:
            return passed(value)
        case Unit.PERCENT:
            return f"{value}%"
        case _:
            return str(value)


def of_measure(value: int | None, measure: Measure) -> str:
    """Return a value of one measure as people read it."""
    return in_unit(value, UNITS[measure])


def kinds_in_words(kinds: Iterable[str]) -> str:
    """Return kinds of credentials in words: `long term key, okta session`."""
    return ", ".join(kind.replace("_", " ") for kind in sorted(set(kinds)))


def often(number: int) -> str:
    """Return how often in words: `never`, `once`, `twice`, `7 times`."""
    return _OFTEN[number] if number < len(_OFTEN) else f"{number} times"


_OFTEN: Final = ("never", "once", "twice")
