"""Findings about what became of the intruder: what it kept, came back through, and what it cost."""

from collections.abc import Iterator
from typing import Final

from irkit.drill.measures.truth import evicted_at, false_claims
from irkit.drill.record.kinds import BROKEN_OFF, Ending
from irkit.drill.record.state import Claim
from irkit.drill.report.evidence import listed
from irkit.drill.report.facts import Draft, Facts, kinds_in_words, often
from irkit.drill.scenario.goals import Measure
from irkit.report.reading import counted
from irkit.report.times import passed


def false_all_clear(facts: Facts) -> Iterator[Draft]:
    """Contained was said, and it was not so."""
    found = false_claims(facts.told)
    if not found:
        return
    yield Draft(
        bad=True,
        what=f"Contained was said {often(len(found))} while the intruder was in",
        evidence=tuple(_claim(facts, claim) for claim in found),
        improve="Let the run say it: a playbook with a hold looks again after the last cut, and "
        "closes as contained only when nothing came back. Until then say what is cut.",
        command=facts.plan,
        done_when="false all-clears are 0 in the next drill",
        measures=frozenset(
            {
                Measure.FALSE_ALL_CLEARS,
                Measure.FALSE_ALL_CLEAR_TIME,
                Measure.ACTS_AFTER_CLAIM,
            }
        ),
    )


def _claim(facts: Facts, claim: Claim) -> str:
    names = [facts.told.drill.seats[id_].label for id_ in claim.alive]
    who = f"run {claim.run}" if claim.run else claim.by
    later = sum(act.t > claim.t for act in facts.told.worked)
    return (
        f"{passed(claim.t)} {who}; alive then: {listed(names) or 'nothing that was known'}; "
        f"{counted(later, 'act')} of the intruder worked afterwards"
    )


def still_in(facts: Facts) -> Iterator[Draft]:
    """The intruder had something at the end, though there was time."""
    told = facts.told
    left = [seat for seat in facts.seats if seat.state != "dead"]
    if not left or told.only_talked or facts.unfinished:
        return
    kinds = dict.fromkeys(seat.kind for seat in left)
    how = "; ".join(
        f"{kind.replace('_', ' ')} by {listed(facts.cutters.get(kind, ()), 3) or 'no action'}"
        for kind in kinds
    )
    yield Draft(
        bad=True,
        what=f"{counted(len(left), 'way')} in stayed open: {kinds_in_words(kinds)}",
        evidence=tuple(f"{seat.label}: {seat.evidence[-1]}" for seat in left if seat.evidence),
        improve=f"Cut every kind that was left: {how}.",
        command=facts.plan,
        done_when="seats left are 0 in the next drill",
        measures=frozenset({Measure.SEATS_LEFT, Measure.TIME_TO_EVICT}),
    )


def came_back(facts: Facts) -> Iterator[Draft]:
    """What was cut was made anew through what was not cut yet."""
    again = [seat for seat in facts.seats if seat.again]
    if not again:
        return
    yield Draft(
        bad=True,
        what=f"The intruder came back {often(len(again))} after the cuts had begun",
        evidence=tuple(f"{passed(seat.born)} {seat.label}, by {seat.how}" for seat in again),
        improve="Cut first what the intruder came back through, and what it had opened in the "
        "same phase of the playbook; its tests should notice when the two are swapped.",
        command=f"irkit test {facts.told.scenario.respond.playbook} --sweep mutate",
        done_when="no seat comes back in the next drill",
        measures=frozenset({Measure.WHACK_A_MOLE, Measure.ORDER_ERRORS}),
    )


def goal_reached(facts: Facts) -> Iterator[Draft]:
    """The intruder got what it came for."""
    told = facts.told
    end = told.drill.end
    if end is None or end.why is not Ending.GOAL:
        return
    lost = facts.value(Measure.DATA_LOST) or 0
    goal = ", ".join(str(held) for held in told.scenario.adversary.goal)
    yield Draft(
        bad=True,
        what=f"The intruder reached its goal ({goal}) at {passed(end.t)}",
        evidence=(f"it did what it came for {often(lost)}", _cut_when(facts)),
        improve="See how far the playbook gets when it is run at once, and take the time out of "
        "what comes before the first cut.",
        command=f"irkit drill quick {told.scenario.id}",
        done_when="the next drill ends with the intruder evicted",
        measures=frozenset({Measure.DATA_LOST}),
    )


def _cut_when(facts: Facts) -> str:
    cut = facts.value(Measure.TIME_TO_FIRST_CUT)
    evicted = evicted_at(facts.told)
    first = "nothing was cut" if cut is None else f"first cut after {passed(cut)}"
    return f"{first}, {'never evicted' if evicted is None else f'evicted at {passed(evicted)}'}"


def cut_off(facts: Facts) -> Iterator[Draft]:
    """Innocent people lost what they work with."""
    dead = [seat for seat in facts.bystanders if seat.died is not None]
    if not dead:
        return
    yield Draft(
        bad=True,
        what=f"{counted(len(dead), 'innocent credential')} stopped working",
        evidence=tuple(
            f"{passed(seat.died or 0)} {seat.label}, "
            + (f"after {seat.by_what}" if seat.by_what else "by no change just before")
            for seat in dead
        ),
        improve="Narrow what is cut to the intruder's own sessions, protect who must never be "
        "cut off, and let the playbook's test name them as bystanders.",
        command="irkit protect pin --check",
        done_when="collateral is 0 in the next drill",
        measures=frozenset({Measure.COLLATERAL}),
    )


def broke_off(facts: Facts) -> Iterator[Draft]:
    """The drill did not come to its end."""
    told, end = facts.told, facts.told.drill.end
    if end is None or end.why not in BROKEN_OFF:
        return
    last = told.drill.acts[-1] if told.drill.acts else None
    yield Draft(
        bad=False,
        what=f"The drill did not reach its end: it broke off at {passed(end.t)} "
        f"of {passed(told.drill.lasts)}",
        evidence=(
            end.text or f"ended by {end.by}",
            f"the intruder's last act: {last.tactic} at {passed(last.t)}"
            if last
            else "the intruder had not acted",
        ),
        improve="Play it again with the same seed: the intruder keeps the same rhythm.",
        command=f"{facts.drill_again} --seed {told.drill.seed}",
        done_when="it ends by the intruder's eviction, goal or the clock",
    )


RULES: Final = (false_all_clear, still_in, came_back, goal_reached, cut_off, broke_off)
