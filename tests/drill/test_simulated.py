"""Whole drills in virtual time: the simulated providers decide, and the intruder fights back."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from simulated import play_anew, played, scenario

from irkit.drill.exercise.baselines import winnable
from irkit.drill.record.deeds import Deed, deeds
from irkit.drill.record.kinds import Ending
from irkit.drill.record.state import Drill

pytestmark = pytest.mark.xdist_group("simulated")  # they share what was played once

SUSPEND = partial(played, "suspend", minutes=45)


def kinds_left(drill: Drill) -> set[str]:
    """Return the kinds of credential that work at the end."""
    assert drill.end is not None
    return {seat.kind for seat in drill.alive_at(drill.end.t)}


def test_who_does_nothing_loses() -> None:
    """Left alone, the intruder reaches its goal and holds every way in."""
    drill = played("nobody").drill
    assert drill.end is not None
    assert drill.end.why is Ending.GOAL
    assert {"okta_session", "okta_factor", "okta_api_token", "long_term_key"} <= kinds_left(drill)
    assert not drill.claims


def test_the_phone_is_pushed_until_its_owner_gives_in() -> None:
    """The fourth push is approved, because that is when this person gives in."""
    pushes = [act.worked for act in played("nobody").drill.acts if act.tactic == "push-spam"]
    assert pushes == [False, False, False, True]


def test_suspending_the_user_looks_like_success_and_is_none() -> None:
    """Every step was green, contained was said, and the intruder copied on from AWS."""
    told = SUSPEND()
    (run,) = told.runs
    assert {str(state.stage) for state in run.changes.values()} == {"verified"}
    (claim,) = told.drill.claims
    assert claim.false
    after = [act for act in told.drill.acts if act.worked and act.t > claim.t]
    assert len(after) > 10


def test_the_playbook_evicts_the_intruder_who_tries_to_come_back() -> None:
    """The shipped playbook says contained when nothing is alive, and it stays so."""
    told = played("playbook")
    drill = told.drill
    assert drill.end is not None
    assert drill.end.why is Ending.EVICTED
    assert not kinds_left(drill)
    assert [claim.alive for claim in drill.claims] == [()]
    assert drill.claims[0].run == told.runs[-1].id
    cut = min(done.t for done in deeds(drill, told.runs) if done.deed is Deed.CUT)
    assert [act for act in drill.acts if act.t > cut and not act.worked], "it never tried again"
    assert {life.state for life in drill.bystanders.values()} == {"alive"}


def test_the_wrong_order_lets_the_intruder_in_again() -> None:
    """With AWS cut first, the open Okta session leads into another account."""
    drill = played("wrong-order", minutes=42).drill
    assert [act.tactic for act in drill.acts if act.worked and act.again][:1] == ["enter-data"]
    assert any(life.again for life in drill.seats.values())
    assert drill.claims[-1].false


def test_a_reset_by_the_help_desk_lets_the_intruder_in_again() -> None:
    """Everything was cut; then somebody was friendly to a voice on the phone."""
    drill = played("and-reset", name="mfa-fatigue-helpdesk", minutes=30).drill
    (decided,) = drill.decided
    back = [act for act in drill.acts if act.worked and act.again]
    assert (decided.about, decided.text) == ("D1", "reset_mfa")
    assert {act.tactic for act in back} <= {"sign-in-again", "help-desk", "enter-data"}
    assert back[0].t > max(decided.t, drill.claims[-1].t)


def test_a_colleague_who_sleeps_signs_when_awake_and_nobody_signs_twice() -> None:
    """What waits for a second signature is not signed by the first colleague again and again."""
    told = played("playbook", name="mfa-fatigue-helpdesk", minutes=45)
    signed = [done for done in deeds(told.drill, told.runs) if done.deed is Deed.APPROVED]
    assert len({(done.by, done.what) for done in signed}) == len(signed)
    (late,) = (done for done in signed if done.by.startswith("bob"))
    (asleep,) = (broken for broken in told.drill.broken if broken.who == "bob")
    assert asleep.until is not None
    assert late.t >= asleep.until


def test_injects_come_when_they_are_due() -> None:
    """By time, after a tactic of the intruder's, and on an occasion; each marked, each once."""
    given = {item.inject: item for item in SUSPEND().drill.injects}
    acts = {act.tactic: act.t for act in SUSPEND().drill.acts if act.worked}
    claim = SUSPEND().drill.claims[0]
    assert given["I1"].t == 240
    assert given["I2"].t == acts["api-token"] + 180
    assert given["I6"].t == claim.t + 120
    assert all(item.text.startswith("[EXERCISE]") for item in given.values())
    assert len(given) == len(SUSPEND().drill.injects)


def test_the_same_seed_is_the_same_drill() -> None:
    """What somebody did better or worse can be told, because nothing else was different."""
    first, again = SUSPEND().drill, play_anew("suspend", 45).drill
    assert [(act.t, act.tactic, act.worked) for act in first.acts] == [
        (act.t, act.tactic, act.worked) for act in again.acts
    ]
    assert [life.states for life in first.seats.values()] == [
        life.states for life in again.seats.values()
    ]


def test_the_runs_are_runs_of_an_exercise() -> None:
    """The runs of a drill carry its mode, which is in every signature and user agent."""
    assert {run.mode for run in SUSPEND().runs} == {"drill"}


@pytest.mark.parametrize(
    "name",
    [
        "leaked-ci-key-to-cryptomining",
        "cloud-ransomware",
        "rogue-identity-provider",
        "mfa-fatigue-helpdesk",
    ],
)
def test_every_scenario_can_be_won_and_not_by_waiting(name: str) -> None:
    """Doing nothing loses and the scenario's own playbook wins, as `irkit drill check` says."""
    assert winnable(scenario(name), 7) == ()


def test_a_scenario_that_waiting_wins_is_told() -> None:
    """A goal that is out of reach in the time there is teaches waiting."""
    short = replace(scenario(), lasts=timedelta(minutes=30))
    assert {item.code for item in winnable(short, 7)} == {"IRK854"}
