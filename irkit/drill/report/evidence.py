"""What shows a measured value: the moments, names and credentials it was counted from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from irkit.drill.measures import truth
from irkit.drill.measures.expectations import judged
from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed, Done
from irkit.drill.scenario.goals import Measure
from irkit.drill.scenario.model import Evidence
from irkit.report.reading import counted
from irkit.report.times import passed


def shown_by(told: Told, measure: Measure) -> str:
    """Return in a few words what a measure was counted from, empty where its number is all."""
    shown = _SHOWN.get(measure)
    return shown(told) if shown else ""


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return names in one line, the rest of many as a number."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def claims(told: Told) -> str:
    """Return who said contained when, and what was alive."""
    found = []
    for claim in told.drill.claims:
        who = "a run" if claim.run else claim.by
        alive = f"{len(claim.alive)} alive" if claim.alive else "nothing alive"
        untrue = ", and the intruder acted again" if _acted_on(told, claim.t) else ""
        found.append(f"{who} said contained at {passed(claim.t)}: {alive}{untrue}")
    return "; ".join(found) or "nobody said contained"


def _acted_on(told: Told, t: int) -> bool:
    return any(act.t > t for act in told.worked)


def left(told: Told) -> str:
    """Return which seats were not dead at the end, or since when none was alive."""
    alive = [seat.label for seat in told.drill.alive_at(told.end)]
    evicted = truth.evicted_at(told)
    if alive:
        return f"not dead at {passed(told.end)}: {listed(alive)}"
    return "nothing was cut" if evicted is None else f"the last seat was dead at {passed(evicted)}"


def slowest(told: Told) -> str:
    """Return which part of a plan waited longest for its first signature."""
    asked = {(done.run, done.what): done.t for done in told.of_deed(Deed.PROPOSED)}
    first: dict[tuple[str, str], Done] = {}
    for done in told.of_deed(Deed.APPROVED):
        first.setdefault((done.run, done.what), done)
    waits = {part: done.t - asked[part] for part, done in first.items() if part in asked}
    if not waits:
        return "nothing was signed"
    part = max(waits, key=waits.__getitem__)
    return f"longest: {part[1]} waited {passed(waits[part])}, then {first[part].by} signed"


def evidence_and_cut(told: Told) -> str:
    """Return when evidence was first kept and when something was first changed."""
    kept = min((done.t for done in told.of_deed(Deed.READ) if done.evidence), default=None)
    cut = told.first(Deed.CUT)
    first = "no evidence was kept" if kept is None else f"evidence kept at {passed(kept)}"
    return f"{first}, first change {'never' if cut is None else f'at {passed(cut)}'}"


def _first(told: Told, deed: Deed, word: str) -> str:
    done = next((done for done in told.deeds if done.deed is deed), None)
    if done is None:
        return f"nothing was {word}"
    by = f" by {done.by}" if done.by else ""
    return f"first {word} at {passed(done.t)}: {done.what}{by}"


def _posts(told: Told) -> str:
    found = [item for item in judged(told) if item.expectation.evidence is Evidence.POSTED]
    told_when = (
        f"{item.expectation.of} {'never' if item.t is None else f'at {passed(item.t)}'}"
        for item in found
    )
    return ", ".join(told_when)


def _detected(told: Told) -> str:
    return _first(told, Deed.READ, "read")


def _declared(told: Told) -> str:
    said = told.drill.declared
    return f"declared at {passed(said[0].t)} by {said[0].by}" if said else "never declared"


def _decided(told: Told) -> str:
    return _first(told, Deed.APPROVED, "signed")


def _first_cut(told: Told) -> str:
    return _first(told, Deed.CUT, "changed")


def _cut_off(told: Told) -> str:
    dead = [
        seat.label
        for seat in told.drill.bystanders.values()
        if "dead" in {state for _, state in seat.states}
    ]
    return listed(dead) or "every innocent credential that was watched still works"


def _came_back(told: Told) -> str:
    back = [seat.label for seat in told.drill.seats.values() if seat.again]
    return f"came back: {listed(back)}" if back else "nothing came back"


def _answers(told: Told) -> str:
    return counted(len(told.drill.answered), "answer")


_SHOWN: Final[Mapping[Measure, Callable[[Told], str]]] = {
    Measure.TIME_TO_DETECT: _detected,
    Measure.TIME_TO_DECLARE: _declared,
    Measure.TIME_TO_DECIDE: _decided,
    Measure.TIME_TO_FIRST_CUT: _first_cut,
    Measure.TIME_TO_EVICT: left,
    Measure.FALSE_ALL_CLEARS: claims,
    Measure.FALSE_ALL_CLEAR_TIME: claims,
    Measure.ACTS_AFTER_CLAIM: claims,
    Measure.SEATS_LEFT: left,
    Measure.COLLATERAL: _cut_off,
    Measure.APPROVAL_P50: slowest,
    Measure.APPROVAL_P90: slowest,
    Measure.BLOCKED_TIME: slowest,
    Measure.EVIDENCE_BEFORE_CHANGE: evidence_and_cut,
    Measure.COMMS_ON_TIME: _posts,
    Measure.INVESTIGATION_F1: _answers,
    Measure.WHACK_A_MOLE: _came_back,
    Measure.ORDER_ERRORS: _came_back,
}
