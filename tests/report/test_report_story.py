"""The story of a run: facts from records, and nothing that no record says."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from golden_story import AROUND, told
from lapsus_plan import START, lapsus_plan
from lapsus_run import (
    BOB,
    CAROL,
    RUN,
    Script,
    approve,
    contained_run,
    opened,
    partial_run,
    seeded_key,
    waiting_run,
)

from irkit.canonical import Json, canonical
from irkit.report.case_story import together
from irkit.report.plain import plain
from irkit.report.sentences import verdict
from irkit.report.story_model import Event, Story, Surroundings
from irkit.trail import wire


@pytest.fixture(scope="module")
def partial() -> Story:
    """Return the story of the night that ended as partial."""
    return told(partial_run())


def test_the_same_records_give_the_same_story(partial: Story) -> None:
    """A story is a function of the records."""
    assert told(partial_run()) == partial
    assert canonical(partial.to_json()) == canonical(told(partial_run()).to_json())


def test_json_holds_no_floats(partial: Story) -> None:
    """The JSON form is one that could be signed."""
    value = partial.to_json()
    assert value["format"] == "irkit.story/v1"
    assert json.loads(canonical(value)) == json.loads(json.dumps(value))


def test_every_change_is_in_the_story(partial: Story) -> None:
    """Each planned change is told with its stage, made or not."""
    stages = {change.id: change.stage for change in partial.changes}
    assert set(stages) == {change.id for change in lapsus_plan().changes}
    assert sorted(stages.values()).count("verified") == 7
    assert stages["contain-aws.for-each.deny_session[4444]#deny"] == "drifted"
    assert stages["contain-aws.for-each.deny_session[5555]#deny"] == "refused"


def test_made_changes_say_when_and_how_much_later_they_were_seen(partial: Story) -> None:
    """Sent, accepted and read back are three times."""
    change = partial.changes[0]
    assert change.sent_at is not None
    assert change.made_at is not None
    assert change.verified_at is not None
    assert change.sent_at < change.made_at < change.verified_at
    assert change.read_back_ms == 1200
    assert change.request_ids == ("Zk1okta-suspend",)


def test_changes_not_made_have_no_times(partial: Story) -> None:
    """A change that was refused was never sent."""
    refused = next(change for change in partial.changes if change.stage == "refused")
    assert (refused.sent_at, refused.made_at, refused.verified_at) == (None, None, None)


def test_approvals_name_the_key_that_signed(partial: Story) -> None:
    """Who, with which key, for which parts, after how long."""
    first, second, third = partial.approvals
    assert [item.who for item in partial.approvals] == [BOB, BOB, CAROL]
    assert first.fingerprint == wire.fingerprint(seeded_key(BOB).blob)
    assert third.fingerprint == wire.fingerprint(seeded_key(CAROL).blob)
    assert (first.parts, second.parts) == (("close-the-door",), ("contain-aws",))
    assert (first.waited_s, third.waited_s) == (48, 152)


def test_malformed_signature_gives_no_fingerprint() -> None:
    """A signature that cannot be read names no key, and breaks nothing."""
    script = Script()
    plan = opened(script)
    approve(script, plan, "close-the-door", BOB, after=1)
    last = script.records[-1]
    script.records[-1] = replace(last, body={**last.body, "sig": "garbage"})
    assert told(script).approvals[0].fingerprint == ""


def test_phases_are_measured_against_their_goals(partial: Story) -> None:
    """The time a phase was reached counts from the opening of the run."""
    door, aws, ask = partial.phases
    assert (door.name, door.goal_s, door.reached_s, door.in_time) == (
        "Close the door",
        300,
        90,
        True,
    )
    assert (aws.good, aws.changes, aws.reached_at, aws.in_time) == (5, 7, None, False)
    assert (ask.changes, ask.unknowns, ask.in_time) == (0, 0, None)


def test_goal_that_can_still_be_met_is_not_missed() -> None:
    """While a run goes on and its time is not over, no goal counts as missed."""
    story = told(waiting_run())
    assert [phase.in_time for phase in story.phases] == [None, None, None]
    assert story.findings == ()


def test_goal_is_missed_when_its_time_is_over() -> None:
    """A run that still waits after the goal's time has missed it."""
    around = Surroundings(goals_s={"close-the-door": 10})
    story = told(waiting_run(), around)
    assert story.phases[0].in_time is False
    assert "Goal missed" in story.findings[0].what


def test_figures_of_a_night_that_was_not_finished(partial: Story) -> None:
    """With changes missing, nothing says that all was cut."""
    figures = partial.figures
    assert (figures.first_cut_s, figures.all_cut_s) == (87, None)
    assert (figures.good, figures.changes, figures.approvals) == (7, 9, 3)
    assert (figures.seats_alive, figures.seats_unknown, figures.seats_dead) == (0, 1, 3)


def test_figures_of_a_contained_night() -> None:
    """With everything read back, the last read-back is when all was cut."""
    figures = told(contained_run()).figures
    assert figures.all_cut_s is not None
    assert figures.first_cut_s is not None
    assert figures.first_cut_s < figures.all_cut_s
    assert figures.seats_dead == 4


def test_seats_are_told_over_time(partial: Story) -> None:
    """Each look at a seat is a point, in order."""
    key = next(seat for seat in partial.seats if seat.label == "key AKIA…7Q")
    assert [state for _, state in key.points] == ["alive", "dead", "dead", "dead"]
    assert key.state == "dead"


def test_findings_tell_what_went_otherwise(partial: Story) -> None:
    """Doubt, drift, refusal and missed goals are each a finding."""
    said = " | ".join(finding.what for finding in partial.findings)
    for part in ("in doubt: the connection was reset", "somebody changed it", "A guard refused"):
        assert part in said


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("breakglass.used", {"by": BOB, "reason": "nobody else awake"}, "bob@acme acted alone"),
        ("answer", {"step": "ask.call", "silent": True, "values": {}}, "Nobody answered ask.call"),
        (
            "step.result",
            {"change": "close-the-door.suspend#suspend", "outcome": "failed", "error": "403"},
            "Suspend an Okta user: riley@contractor.example: failed: 403",
        ),
        (
            "step.verify_failed",
            {"change": "close-the-door.suspend#suspend", "why": "it does not show"},
            "Suspend an Okta user: riley@contractor.example: read back and not as planned",
        ),
        (
            "step.skipped",
            {"step": "contain-aws.x", "outcome": "failed", "why": "no role"},
            "contain-aws.x: could not be planned: no role",
        ),
        (
            "step.skipped",
            {"step": "contain-aws.x", "outcome": "skipped", "why": "not ours"},
            "contain-aws.x: not made: not ours",
        ),
        (
            "step.read",
            {"step": "t", "action": "a", "digest": "d", "error": "timeout", "complete": False},
            "t could not see all: timeout",
        ),
        (
            "hold.checked",
            {
                "look": 0,
                "lost": ["close-the-door.suspend#suspend"],
                "unknown": [],
                "seats": {},
                "added": 2,
            },
            "Suspend an Okta user: riley@contractor.example: somebody took it back",
        ),
    ],
)
def test_each_thing_gone_wrong_is_a_finding(kind: str, body: Mapping[str, Json], said: str) -> None:
    """Acting alone, silence, gaps and lost changes are told."""
    script = waiting_run()
    script.add(kind, body)
    assert any(finding.what.startswith(said) for finding in told(script).findings)


def test_evidence_lists_every_read_with_its_digest(partial: Story) -> None:
    """A read is told with the digest that the trail holds."""
    trace = partial.evidence[1]
    assert trace.action == "aws.federation.trace"
    assert trace.digest.startswith("sha256:")
    assert trace.observed_through == "2026-11-24T02:20:00.000Z"


def test_events_of_people_stand_in_their_own_lane(partial: Story) -> None:
    """What a person decided is told apart from what irkit did."""
    people = [event for event in partial.events if event.lane == "people"]
    assert [event.word for event in people] == ["approved", "approved", "approved", "answered"]


def test_the_intruders_acts_are_woven_in() -> None:
    """Events from the intruder's side stand at their time among the others."""
    act = Event(
        at=START + timedelta(seconds=100),
        lane="intruder",
        actor="intruder",
        mark="bad",
        word="RunInstances",
        what="in eu-north-1",
    )
    events = told(partial_run(), replace(AROUND, intruder=(act,))).events
    assert act in events
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_a_case_is_as_bad_as_its_worst_run() -> None:
    """Two runs in one story: all changes, and the state of the one that ended worse."""
    case = together([told(partial_run()), told(contained_run())])
    assert case.state == "partial"
    assert len(case.runs) == 2
    assert case.figures.changes == len(case.changes)
    assert len(case.changes) == 16


def _undone(first: Story) -> Story:
    """Return the story of a run that took back the first change of `first`, an hour later."""
    made = first.changes[0]
    later = START + timedelta(hours=1)
    undoing = replace(first.runs[0], id="01UNDO", undoes=RUN, opened_at=later, last_at=later)
    back = replace(made, run="01UNDO", undoes=made.id, sent_at=later)
    return replace(first, runs=(undoing,), state="completed", changes=(back,), seats=(), events=())


def test_undo_marks_what_it_took_back() -> None:
    """What a later run took back is told as undone and counts as in place no more."""
    first = told(contained_run())
    case = together([first, _undone(first)])
    assert [change.undone for change in case.changes] == [True] + [False] * 7
    assert (case.figures.good, case.figures.changes) == (6, 7)


def test_a_case_that_was_undone_is_contained_no_more() -> None:
    """After an undo nothing is green, and seats found dead before are not known."""
    first = told(contained_run())
    case = together([first, _undone(first)])
    assert case.state == "taken_back"
    assert {seat.state for seat in case.seats} == {"unknown"}
    assert (case.figures.seats_dead, case.figures.seats_unknown) == (0, 4)
    assert "was taken back at 03:23:00Z" in verdict(case)


def test_an_undo_that_wrote_nothing_changes_nothing() -> None:
    """An undo that was only planned leaves the case as it was."""
    first = told(contained_run())
    undo = _undone(first)
    planned = replace(undo.changes[0], stage="planned", sent_at=None, made_at=None)
    case = together([first, replace(undo, changes=(planned,))])
    assert case.state == "contained"
    assert case.figures.seats_dead == 4


def test_values_without_a_json_form_are_refused() -> None:
    """A report never guesses how to write something."""
    with pytest.raises(TypeError, match="float has no JSON form"):
        plain(1.5)
