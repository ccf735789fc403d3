"""The scorecard: a hundred points, always split, always beside what others would have got.

Outcome counts half, process and people the rest. Who said contained while the intruder was in gets
at most ten of the fifty for the outcome, whatever else went well. What could not be measured is
left out of both what was got and what there was to get.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.drill.measures.all import Values, measured
from irkit.drill.measures.expectations import Judgement, judged
from irkit.drill.measures.points import Group, Points, outcome, people, process
from irkit.drill.measures.told import Told
from irkit.drill.scenario.goals import MORE_IS_BETTER, UNITS, Measure, Objective

FALSE_CAP: Final = 10.0
"""What a false all-clear leaves of the fifty points for the outcome."""


class Rating(StrEnum):
    """How well an objective was reached: performed, with some or major challenges, or not."""

    PERFORMED = "P"
    SOME = "S"
    MAJOR = "M"
    UNABLE = "U"


_RATINGS: Final = ((90, Rating.PERFORMED), (70, Rating.SOME), (40, Rating.MAJOR))


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What another response came to, on the same scenario: its measures and its score."""

    name: str
    values: Values
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A drill's score. `baselines` are who did nothing, the playbook at once, and last time."""

    values: Values
    points: tuple[Points, ...]
    judgements: tuple[Judgement, ...]
    hints: int
    capped: bool
    ending: str
    baselines: tuple[Baseline, ...] = ()
    ratings: Mapping[str, Rating | None] = field(default_factory=dict)

    def group(self, group: Group) -> tuple[int, int]:
        """Return what was got and what there was to get of a group."""
        counted = [item for item in self.points if item.group is group and item.got is not None]
        got = sum(item.got or 0.0 for item in counted)
        if group is Group.OUTCOME and self.capped:
            got = min(got, FALSE_CAP)
        return round(got), sum(item.of for item in counted)

    @property
    def total(self) -> int:
        """Return the score out of a hundred, after hints."""
        groups = [self.group(group) for group in Group]
        got, of = sum(item[0] for item in groups), sum(item[1] for item in groups)
        return max(round(100 * got / of) - self.hints, 0) if of else 0

    def to_json(self) -> JsonObject:
        """Return the JSON form, in which it is recorded and shown."""
        return {
            "total": self.total,
            "ending": self.ending,
            "groups": {
                str(group): {"got": got, "of": of}
                for group in Group
                for got, of in [self.group(group)]
            },
            "capped": self.capped,
            "hints": self.hints,
            "measures": _values(self.values),
            "units": {str(measure): str(unit) for measure, unit in UNITS.items()},
            "points": [
                {
                    "group": str(item.group),
                    "what": item.what,
                    "got_tenths": None if item.got is None else round(item.got * 10),
                    "of": item.of,
                    "why": item.why,
                }
                for item in self.points
            ],
            "expectations": [_judgement(item) for item in self.judgements],
            "objectives": {
                name: None if rating is None else str(rating)
                for name, rating in self.ratings.items()
            },
            "baselines": [
                {"name": item.name, "total": item.total, "measures": _values(item.values)}
                for item in self.baselines
            ],
        }


def scorecard(
    told: Told, *, nobody: Values | None = None, baselines: tuple[Baseline, ...] = ()
) -> Scorecard:
    """Score a drill; `nobody` is what doing nothing came to with the same seed."""
    values = measured(told)
    found = judged(told)
    return Scorecard(
        values=values,
        points=(
            *outcome(told, values, nobody),
            *process(told, values, found),
            *people(told, found),
        ),
        judgements=found,
        hints=sum(hint.points for hint in told.drill.hints),
        capped=bool(values[Measure.FALSE_ALL_CLEARS]) and not told.only_talked,
        ending=str(told.drill.end.why) if told.drill.end else "",
        baselines=baselines,
        ratings={item.id: rated(item, values[item.measure]) for item in told.scenario.objectives},
    )


def rated(objective: Objective, value: int | None) -> Rating | None:
    """Return how well an objective was reached; None where it could not be measured."""
    if value is None:
        return None
    if objective.met(value):
        return Rating.PERFORMED
    better = objective.measure in MORE_IS_BETTER
    part, whole = (value, objective.target) if better else (objective.target, value)
    share = 100 * part / whole if whole else 0
    return next((rating for least, rating in _RATINGS if share >= least), Rating.UNABLE)


def _values(values: Values) -> JsonObject:
    return {str(measure): value for measure, value in values.items()}


def _judgement(item: Judgement) -> Json:
    return {
        "id": item.expectation.id,
        "what": item.expectation.what,
        "by": item.expectation.by,
        "met": item.met,
        "late": item.late,
        "t": item.t,
        "why": item.why,
    }
