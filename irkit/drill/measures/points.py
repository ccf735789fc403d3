"""What points are given for, and in a few words why so many: each rule with its reason beside it.

Fifty for the outcome, thirty for how it was reached, twenty for people.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from irkit.drill.measures import people as of_people
from irkit.drill.measures.all import Values
from irkit.drill.measures.expectations import Judgement
from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed
from irkit.drill.record.kinds import Ending
from irkit.drill.scenario.goals import Measure
from irkit.drill.scenario.model import Evidence
from irkit.report.reading import counted
from irkit.report.times import passed


class Group(StrEnum):
    """What points are for."""

    OUTCOME = "outcome"
    PROCESS = "process"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points for one thing, and why. `got` is None where it could not be measured."""

    group: Group
    what: str
    got: float | None
    of: int
    why: str


def outcome(told: Told, values: Values, nobody: Values | None) -> tuple[Points, ...]:
    """Return the points for what became of the intruder; `nobody` is what doing nothing lost."""
    if told.only_talked:
        return ()
    return (
        _evicted(told, values),
        _left(told, values),
        _after_cut(told, values),
        _lost(told, values, nobody),
        _innocent(told, values),
    )


def _evicted(told: Told, values: Values) -> Points:
    limit, evict = int(told.scenario.lasts.total_seconds()), values[Measure.TIME_TO_EVICT]
    got = 0.0 if evict is None else 20 * max(0.0, 1 - evict / limit)
    why = "never" if evict is None else f"after {passed(evict)} of {passed(limit)}"
    return Points(group=Group.OUTCOME, what="evicted", got=got, of=20, why=why)


def _left(told: Told, values: Values) -> Points:
    left, seats = values[Measure.SEATS_LEFT] or 0, len(told.drill.seats)
    got = 10 * (1 - left / max(seats, 1))
    why = f"{left} of {counted(seats, 'seat')} not dead at the end"
    return Points(group=Group.OUTCOME, what="seats left", got=got, of=10, why=why)


def _after_cut(told: Told, values: Values) -> Points:
    acts, worked = values[Measure.ACTS_AFTER_FIRST_CUT], len(told.worked)
    got = 0.0 if acts is None else 10 * _few(acts, worked)
    why = "nothing was cut" if acts is None else f"{acts} of {counted(worked, 'act')} that worked"
    return Points(group=Group.OUTCOME, what="acts after the first cut", got=got, of=10, why=why)


def _few(acts: int, of: int) -> float:
    """Return 1 for no acts and 0 for as many as there were, by orders of magnitude."""
    return 1 - math.log1p(acts) / math.log1p(max(of, 1))


def _lost(told: Told, values: Values, nobody: Values | None) -> Points:
    reached = told.drill.end is not None and told.drill.end.why is Ending.GOAL
    lost, everything = values[Measure.DATA_LOST] or 0, (nobody or {}).get(Measure.DATA_LOST)
    got = 0.0 if reached else _kept(lost, everything)
    why = f"the intruder did what it came for {counted(lost, 'time')}"
    why += f", and {everything} times where nobody acts" if everything else ""
    why += "; it reached its goal" if reached else ""
    return Points(group=Group.OUTCOME, what="data lost", got=got, of=5, why=why)


def _kept(lost: int, everything: int | None) -> float:
    """Return points for what was not lost, of what would have been if nobody had acted."""
    if not everything:
        return 0.0 if lost else 5.0
    return 5 * max(0.0, 1 - lost / everything)


def _innocent(told: Told, values: Values) -> Points:
    dead, innocent = values[Measure.COLLATERAL] or 0, len(told.drill.bystanders)
    got = 5 * (1 - dead / max(innocent, 1))
    why = f"{dead} of {counted(innocent, 'innocent credential')} stopped working"
    return Points(group=Group.OUTCOME, what="collateral", got=got, of=5, why=why)


def process(told: Told, values: Values, found: tuple[Judgement, ...]) -> tuple[Points, ...]:
    """Return the points for how it was reached."""

    def points(what: str, share: int | None, why: str) -> Points:
        got = None if share is None else 5 * share / 100
        return Points(group=Group.PROCESS, what=what, got=got, of=5, why=why)

    declared, signed = _of(found, Evidence.DECLARED), _of(found, Evidence.APPROVALS)
    kept, answers = values[Measure.EVIDENCE_BEFORE_CHANGE], values[Measure.INVESTIGATION_F1]
    cuts, back = len(told.of_deed(Deed.CUT)), len(told.of_deed(Deed.VERIFIED))
    talked = told.only_talked
    return (
        points("declared in time", _met(declared), _told_of(declared)),
        points(
            "evidence before changes",
            kept,
            "nothing was changed" if kept is None else f"in {kept}% of the runs",
        ),
        points("order", None if talked else _order(values), _order_told(values, talked=talked)),
        points(
            "every cut read back",
            of_people.verified_share(told),
            f"{back} of {counted(cuts, 'change')}" if cuts else "nothing was changed",
        ),
        points(
            "approvals in time",
            None if talked else _met(signed),
            "talked through" if talked else _told_of(signed),
        ),
        points(
            "what was found out",
            answers,
            "nobody answered a question" if answers is None else f"answers are {answers}% right",
        ),
    )


def _order(values: Values) -> int:
    """Return the share for a good order: a quarter less for each error, nothing for no cut."""
    if values[Measure.TIME_TO_FIRST_CUT] is None:
        return 0
    return max(0, 100 - 25 * (values[Measure.ORDER_ERRORS] or 0))


def _order_told(values: Values, *, talked: bool) -> str:
    if talked:
        return "talked through"
    if values[Measure.TIME_TO_FIRST_CUT] is None:
        return "nothing was cut"
    return counted(values[Measure.ORDER_ERRORS] or 0, "error")


def people(told: Told, found: tuple[Judgement, ...]) -> tuple[Points, ...]:
    """Return the points for what people did."""

    def points(what: str, share: int | None, of: int, why: str) -> Points:
        got = None if share is None else of * share / 100
        return Points(group=Group.PEOPLE, what=what, got=got, of=of, why=why)

    solo = told.drill.solo
    taken = {joined.role for joined in told.drill.people}
    needed = [role for role in told.scenario.roles.values() if role.least]
    filled = sum(role.name in taken for role in needed)
    posts, decided, judged = (
        _of(found, evidence) for evidence in (Evidence.POSTED, Evidence.DECIDED, Evidence.JUDGED)
    )
    return (
        points(
            "comms",
            None if solo else _met(posts),
            8,
            "played alone" if solo else _told_of(posts),
        ),
        points(
            "roles",
            None if solo else round(100 * filled / max(len(needed), 1)),
            4,
            "played alone" if solo else f"{filled} of {counted(len(needed), 'needed role')} taken",
        ),
        points(
            "decisions",
            _met(decided) if told.drill.decided else None,
            4,
            _told_of(decided) if told.drill.decided else "nobody decided anything",
        ),
        points("facilitator's judgement", _met(judged), 4, _told_of(judged)),
    )


def _of(found: tuple[Judgement, ...], evidence: Evidence) -> list[Judgement]:
    return [item for item in found if item.expectation.evidence is evidence]


def _met(found: list[Judgement]) -> int | None:
    """Return the share of what was met, by points; None where nothing can be said."""
    said = [item for item in found if item.met is not None]
    of = sum(item.expectation.points for item in said)
    got = sum(item.expectation.points for item in said if item.met)
    return None if not of else round(100 * got / of)


def _told_of(found: list[Judgement]) -> str:
    """Return how each expectation turned out: `E1 met at 12:04, E3 was late`."""
    if not found:
        return "the scenario expects none"
    return ", ".join(_turned_out(item) for item in found)


def _turned_out(item: Judgement) -> str:
    if item.met is None:
        return f"{item.expectation.id} not judged"
    at = "" if item.t is None else f" at {passed(item.t)}"
    if item.met:
        return f"{item.expectation.id} met{at}"
    return f"{item.expectation.id} {'late' if item.late else 'missed'}{at}"
