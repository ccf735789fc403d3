"""The scorecard: a hundred points, always split, always beside what others would have got.

Outcome counts half, process and people the rest. Who said contained while the intruder was in gets
at most ten of the fifty for the outcome, whatever else went well. What could not be measured is
left out of both what was got and what there was to get.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.drill.measures import people
from irkit.drill.measures.all import Values, measured
from irkit.drill.measures.expectations import Judgement, judged
from irkit.drill.measures.told import Told
from irkit.drill.record.kinds import Ending
from irkit.drill.scenario.goals import MORE_IS_BETTER, UNITS, Measure, Objective
from irkit.drill.scenario.model import Evidence

FALSE_CAP: Final = 10.0
"""What a false all-clear leaves of the fifty points for the outcome."""


class Group(StrEnum):
    """What points are for."""

    OUTCOME = "outcome"
    PROCESS = "process"
    PEOPLE = "people"


class Rating(StrEnum):
    """How well an objective was reached: performed, with some or major challenges, or not."""

    PERFORMED = "P"
    SOME = "S"
    MAJOR = "M"
    UNABLE = "U"


_RATINGS: Final = ((90, Rating.PERFORMED), (70, Rating.SOME), (40, Rating.MAJOR))


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points for one thing. `got` is None where it could not be measured."""

    group: Group
    what: str
    got: float | None
    of: int


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
            *_outcome(told, values, nobody),
            *_process(told, values, found),
            *_people(told, found),
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


def _outcome(told: Told, values: Values, nobody: Values | None) -> tuple[Points, ...]:
    if told.only_talked:
        return ()
    limit = told.scenario.lasts.total_seconds()
    evict, left = values[Measure.TIME_TO_EVICT], values[Measure.SEATS_LEFT] or 0
    seats = max(len(told.drill.seats), 1)
    speed = 0.0 if evict is None else 20 * max(0.0, 1 - evict / limit)
    innocent = max(len(told.drill.bystanders), 1)
    lost = (values[Measure.COLLATERAL] or 0) / innocent
    acts = values[Measure.ACTS_AFTER_FIRST_CUT]
    everything = (nobody or {}).get(Measure.DATA_LOST)
    reached = told.drill.end is not None and told.drill.end.why is Ending.GOAL
    return (
        Points(group=Group.OUTCOME, what="evicted", got=speed, of=20),
        Points(group=Group.OUTCOME, what="seats left", got=10 * (1 - left / seats), of=10),
        Points(
            group=Group.OUTCOME,
            what="acts after the first cut",
            got=0.0 if acts is None else 10 * _few(acts, len(told.worked)),
            of=10,
        ),
        Points(
            group=Group.OUTCOME,
            what="data lost",
            got=0.0 if reached else _kept(values[Measure.DATA_LOST] or 0, everything),
            of=5,
        ),
        Points(group=Group.OUTCOME, what="collateral", got=5 * (1 - lost), of=5),
    )


def _few(acts: int, of: int) -> float:
    """Return 1 for no acts and 0 for as many as there were, by orders of magnitude."""
    return 1 - math.log1p(acts) / math.log1p(max(of, 1))


def _kept(lost: int, everything: int | None) -> float:
    """Return points for what was not lost, of what would have been if nobody had acted."""
    if not everything:
        return 0.0 if lost else 5.0
    return 5 * max(0.0, 1 - lost / everything)


def _process(told: Told, values: Values, found: tuple[Judgement, ...]) -> tuple[Points, ...]:
    def points(what: str, share: int | None) -> Points:
        got = None if share is None else 5 * share / 100
        return Points(group=Group.PROCESS, what=what, got=got, of=5)

    return (
        points("declared in time", _met(_of(found, Evidence.DECLARED))),
        points("evidence before changes", values[Measure.EVIDENCE_BEFORE_CHANGE]),
        points("order", None if told.only_talked else _order(values)),
        points("every cut read back", people.verified_share(told)),
        points(
            "approvals in time",
            None if told.only_talked else _met(_of(found, Evidence.APPROVALS)),
        ),
        points("what was found out", values[Measure.INVESTIGATION_F1]),
    )


def _order(values: Values) -> int | None:
    """Return the share for a good order: a quarter less for each error, nothing for no cut."""
    if values[Measure.TIME_TO_FIRST_CUT] is None:
        return 0
    return max(0, 100 - 25 * (values[Measure.ORDER_ERRORS] or 0))


def _people(told: Told, found: tuple[Judgement, ...]) -> tuple[Points, ...]:
    def points(what: str, share: int | None, of: int) -> Points:
        got = None if share is None else of * share / 100
        return Points(group=Group.PEOPLE, what=what, got=got, of=of)

    roles = told.scenario.roles.values()
    taken = {joined.role for joined in told.drill.people}
    needed = [role for role in roles if role.least]
    filled = (
        None
        if told.drill.solo
        else round(100 * sum(role.name in taken for role in needed) / max(len(needed), 1))
    )
    return (
        points("comms", None if told.drill.solo else _met(_of(found, Evidence.POSTED)), 8),
        points("roles", filled, 4),
        points("decisions", _met(_of(found, Evidence.DECIDED)) if told.drill.decided else None, 4),
        points("facilitator's judgement", _met(_of(found, Evidence.JUDGED)), 4),
    )


def _of(found: tuple[Judgement, ...], evidence: Evidence) -> list[Judgement]:
    return [item for item in found if item.expectation.evidence is evidence]


def _met(found: list[Judgement]) -> int | None:
    """Return the share of what was met, by points; None where nothing can be said."""
    said = [item for item in found if item.met is not None]
    of = sum(item.expectation.points for item in said)
    got = sum(item.expectation.points for item in said if item.met)
    return None if not of else round(100 * got / of)


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
