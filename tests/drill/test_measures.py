"""Measures and scores: what a drill came to, from its records and nothing else."""

from dataclasses import replace

import pytest
from simulated import scenario, told

from irkit.drill.exercise.baselines import last_time
from irkit.drill.exercise.compare import Night, rows
from irkit.drill.exercise.lines import Lane, lines
from irkit.drill.measures import people, truth
from irkit.drill.measures.all import measured
from irkit.drill.measures.expectations import judged
from irkit.drill.measures.points import Group
from irkit.drill.measures.scorecard import Rating, rated, scorecard
from irkit.drill.record.kinds import Ending
from irkit.drill.record.state import Answered, HintGiven, Judged, Said
from irkit.drill.scenario.goals import Measure, Objective
from irkit.drill.scenario.model import Evidence

pytestmark = pytest.mark.xdist_group("simulated")  # they share what was played once


def test_a_false_all_clear_is_counted_and_timed() -> None:
    """The number that matters: contained was said, and the intruder acted on."""
    suspended = told("suspend", 45)
    values = measured(suspended)
    claim = suspended.drill.claims[0]
    assert values[Measure.FALSE_ALL_CLEARS] == 1
    assert values[Measure.FALSE_ALL_CLEAR_TIME] == 45 * 60 - claim.t
    assert values[Measure.ACTS_AFTER_CLAIM] == sum(act.t > claim.t for act in suspended.worked)
    assert values[Measure.TIME_TO_EVICT] is None
    assert values[Measure.SEATS_LEFT] == len(claim.alive) == 4


def test_a_true_claim_is_none() -> None:
    """The playbook says it when it is so: eviction is timed, and nothing came after."""
    values = measured(told())
    assert values[Measure.FALSE_ALL_CLEARS] == 0
    assert values[Measure.ACTS_AFTER_CLAIM] == 0
    assert values[Measure.SEATS_LEFT] == 0
    assert values[Measure.COLLATERAL] == 0
    assert values[Measure.EVIDENCE_BEFORE_CHANGE] == 100
    cut, evicted = values[Measure.TIME_TO_FIRST_CUT], values[Measure.TIME_TO_EVICT]
    assert cut is not None
    assert evicted is not None
    assert 20 * 60 < cut < evicted < 25 * 60


def test_a_claim_after_which_the_intruder_acts_is_false() -> None:
    """Even where every seat that was known was dead at that moment."""
    suspended = told("suspend", 45)
    claim = replace(suspended.drill.claims[0], alive=())
    drill = replace(suspended.drill, claims=(claim,))
    assert truth.is_false(replace(suspended, drill=drill), claim)


def test_what_came_back_is_an_error_of_order() -> None:
    """Each seat that was made anew after the cuts began is one, and shows in the ratio."""
    wrong = told("wrong-order", 42)
    again = sum(seat.again for seat in wrong.drill.seats.values())
    values = measured(wrong)
    assert again > 0
    assert values[Measure.ORDER_ERRORS] == again
    assert (values[Measure.WHACK_A_MOLE] or 0) > 0


def test_signatures_are_timed_from_being_asked() -> None:
    """The approver of these responses takes two minutes."""
    values = measured(told())
    assert values[Measure.APPROVAL_P50] == 120
    assert values[Measure.APPROVAL_P90] == 120
    assert values[Measure.BLOCKED_TIME] == 120


def test_nobody_cut_off_who_is_innocent_is_missed() -> None:
    """An innocent credential that dies is counted, whoever's it is."""
    found = told()
    seat = next(iter(found.drill.bystanders.values()))
    dead = replace(seat, states=(*seat.states, (1500, "dead")))
    drill = replace(found.drill, bystanders={**found.drill.bystanders, seat.id: dead})
    assert truth.collateral(replace(found, drill=drill)) == 1


@pytest.mark.parametrize(
    ("given", "right", "score"),
    [
        (("a", "b"), {"a", "b"}, 100),
        (("a",), {"a", "b"}, 67),
        (("a", "c"), {"a", "b"}, 50),
        (("c",), {"a"}, 0),
        ((), set(), 100),
        ((), {"a"}, 0),
    ],
)
def test_answers_are_balanced(given: tuple[str, ...], right: set[str], score: int) -> None:
    """What was missed and what was made up both cost."""
    assert people.f1(given, frozenset(right)) == score


def test_the_right_answer_is_what_the_intruder_really_left() -> None:
    """The key of a question comes from the acts, and is found by naming it."""
    found = told()
    keys = people.right_answers(found, "keys")
    assert len(keys) == 1
    answers = tuple(
        Answered(
            t=9, by="dana", question=item.id, answers=tuple(people.right_answers(found, item.key))
        )
        for item in scenario().truth.questions
    )
    drill = replace(found.drill, answered=answers)
    assert people.investigation_f1(replace(found, drill=drill)) == 100


def test_expectations_are_met_missed_or_late() -> None:
    """Late is not met, what nobody can say is neither, and an order counts."""
    met = {item.expectation.id: item for item in judged(told())}
    assert met["E1"].late
    assert met["E2"].met
    assert met["E3"].met
    assert met["E6"].met is False
    drill = replace(
        told().drill,
        declared=(Said(t=60, by="dana", text="it is"),),
        decided=(Said(t=90, by="rita", text="give_back", about="D2"),),
        posts=(Said(t=90, by="max", text="we look", about="press"),),
    )
    again = {item.expectation.id: item for item in judged(replace(told(), drill=drill))}
    assert again["E1"].met
    assert again["E5"].met
    assert again["E6"].met is False


def test_a_false_all_clear_caps_the_outcome() -> None:
    """Whatever else went well, at most ten of the fifty points are left."""
    card = scorecard(told("suspend", 45))
    assert card.capped
    assert card.group(Group.OUTCOME)[0] <= 10
    assert scorecard(told()).total > card.total + 20


def test_hints_cost_and_what_is_not_measured_counts_nowhere() -> None:
    """Two points are two points; a group that nobody measured has no points to get."""
    card = scorecard(told())
    hint = HintGiven(t=1, by="dana", text="look", points=2)
    helped = scorecard(replace(told(), drill=replace(told().drill, hints=(hint,))))
    assert helped.total == card.total - 2
    assert card.group(Group.PEOPLE) == (0, 0)
    value = card.to_json()
    assert value["total"] == card.total


def test_the_facilitators_word_counts_for_what_nothing_shows() -> None:
    """An expectation that is judged is met or missed by the last word on it."""
    expectation = replace(scenario().expect[0], evidence=Evidence.JUDGED, id="E9")
    told_ = replace(told(), scenario=replace(scenario(), expect=(expectation,)))
    assert judged(told_)[0].met is None
    word = Judged(t=5, by="facilitator", expectation="E9", met=True)
    drill = replace(told_.drill, judged=(replace(word, met=False), word))
    assert judged(replace(told_, drill=drill))[0].met is True


@pytest.mark.parametrize(
    ("value", "rating"),
    [(900, "P"), (1000, "P"), (1200, "S"), (2000, "M"), (4000, "U"), (None, None)],
)
def test_objectives_are_rated(value: int | None, rating: str | None) -> None:
    """Performed, with some or with major challenges, or unable; unknown stays unknown."""
    objective = Objective(id="O", text="", measure=Measure.TIME_TO_DECLARE, target=900)
    assert rated(objective, value) == (None if rating is None else Rating(rating))


def test_last_time_is_the_last_scored_drill_of_the_scenario() -> None:
    """A drill of another scenario, or one without a score, is no last time."""
    drill = told().drill
    before = replace(drill, id="old", first_n=0, score=scorecard(told("suspend", 45)).to_json())
    now = replace(drill, first_n=10)
    (baseline,) = last_time(now, [before, now])
    assert baseline.values[Measure.FALSE_ALL_CLEARS] == 1
    assert last_time(now, [replace(before, scenario="other"), now]) == ()


def test_a_comparison_counts_nights() -> None:
    """Each response is a row: how often it lied, how often it won, and the medians."""

    def night(seed: int, *, false: bool, acts: int) -> Night:
        values: dict[Measure, int | None] = dict.fromkeys(Measure)
        return Night(
            response="suspend",
            seed=seed,
            ending=str(Ending.GOAL),
            claimed=True,
            false=false,
            evicted=not false,
            last_act=seed * 60,
            values={**values, Measure.ACTS_AFTER_CLAIM: acts},
            left=("long_term_key",) if false else (),
        )

    nights = [
        night(1, false=True, acts=3),
        night(2, false=True, acts=9),
        night(3, false=False, acts=0),
    ]
    (row,) = rows(scenario(), nights)
    assert (row.seeds, row.false, row.evicted, row.goal) == (3, 2, 1, 3)
    assert row.acts_after_claim == 3
    assert row.acts_after_cut is None
    assert row.left == ("long_term_key",)


def test_a_drill_is_told_in_the_order_of_time() -> None:
    """Both sides in one list; what only the facilitator may know is marked."""
    found = told()
    shown = lines(found.drill, found.deeds)
    assert [line.t for line in shown] == sorted(line.t for line in shown)
    assert {line.lane for line in shown} == set(Lane)
    assert all(line.secret for line in shown if line.lane is Lane.INTRUDER)
    assert shown[-1].text == "ended: evicted"


def test_no_objective_of_ours_is_without_its_measure() -> None:
    """Every measure is computed for every drill, if only to say that it is not known."""
    assert measured(told()).keys() == set(Measure)


def test_what_was_only_talked_through_is_not_held_against_anybody() -> None:
    """At a tabletop nobody cuts anything: what irkit would have done counts neither way."""
    found = told("nobody")
    talked = replace(found, drill=replace(found.drill, style="tabletop"))
    card = scorecard(talked)
    assert card.group(Group.OUTCOME) == (0, 0)
    left_out = {item.what for item in card.points if item.got is None}
    assert {"order", "approvals in time", "every cut read back"} <= left_out
    by_runs = {Evidence.ACTION, Evidence.PLAYBOOK, Evidence.APPROVALS}
    judged = {item.met for item in card.judgements if item.expectation.evidence in by_runs}
    assert judged == {None}
    assert scorecard(found).group(Group.OUTCOME)[1] == 50
