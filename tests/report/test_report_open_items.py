"""Open items and the state of a run, from its records alone."""

from collections.abc import Mapping

import pytest
from lapsus_run import (
    BOB,
    CAROL,
    RUN,
    Script,
    approve,
    ask,
    close_the_door,
    contained_run,
    make,
    opened,
    partial_run,
    send,
    waiting_run,
)

from irkit.canonical import Json
from irkit.report.open_items import Kind, OpenItem, open_items
from irkit.report.standing import counts, state_of

SUSPEND = "close-the-door.suspend#suspend"


def _kinds(script: Script) -> list[Kind]:
    return [item.kind for item in open_items(script.run)]


def _only(script: Script, kind: Kind) -> OpenItem:
    (item,) = [item for item in open_items(script.run) if item.kind is kind]
    return item


def test_a_contained_run_has_nothing_open() -> None:
    """Everything made, held, and every seat dead."""
    assert open_items(contained_run().run) == ()


def test_a_partial_run_lists_all_that_is_missing() -> None:
    """The seat that is not known, the drift and the refusal, worst first."""
    assert _kinds(partial_run()) == [Kind.SEAT, Kind.DRIFTED, Kind.REFUSED]


def test_missing_approvals_are_on_those_who_may_give_them() -> None:
    """A part that waits names the roles and the command."""
    door, aws = open_items(waiting_run().run)
    assert (door.kind, door.owner) == (Kind.APPROVAL, "ir-oncall, ir-lead")
    assert aws.what == "contain-aws: 2 more"
    assert door.command == f"irkit approve {RUN}"


def test_a_question_without_an_answer_is_on_whom_it_was_put_to() -> None:
    """The open question names its addressee and the command to answer."""
    script = Script()
    opened(script)
    ask(script)
    script.records.pop()
    item = _only(script, Kind.ANSWER)
    assert item.owner == "ir-lead"
    assert item.command.startswith(f"irkit answer {RUN} ask.call ")


@pytest.mark.parametrize(
    ("records", "kind", "command"),
    [
        ([("step.result", {"outcome": "unknown", "error": "reset"})], Kind.IN_DOUBT, "resume"),
        (
            [
                ("step.result", {"outcome": "unknown"}),
                ("step.settled", {"verdict": "unknown", "why": "odd"}),
            ],
            Kind.IN_DOUBT,
            "resolve",
        ),
        ([("step.result", {"outcome": "failed", "error": "403"})], Kind.FAILED, "replan"),
        (
            [
                ("step.result", {"outcome": "changed"}),
                ("step.verify_failed", {"why": "it does not show"}),
            ],
            Kind.UNVERIFIED,
            "replan",
        ),
    ],
)
def test_each_bad_end_of_a_change_is_open_with_a_way_on(
    records: list[tuple[str, Mapping[str, Json]]], kind: Kind, command: str
) -> None:
    """Doubt, failure and a read-back that does not hold each name what to type."""
    script = Script()
    plan = opened(script)
    approve(script, plan, "close-the-door", BOB, after=1)
    send(script, SUSPEND)
    for type_, body in records:
        script.add(type_, {"change": SUSPEND, **body})
    item = _only(script, kind)
    assert item.command.startswith(f"irkit {command} {RUN}")
    assert item.since is not None


@pytest.mark.parametrize(("outcome", "kind"), [("failed", Kind.FAILED), ("skipped", Kind.LEFT_OUT)])
def test_a_step_that_is_not_done_is_open(outcome: str, kind: Kind) -> None:
    """What could not be planned, or was left out, stays on the list."""
    script = waiting_run()
    script.add("step.skipped", {"step": "contain-aws.x", "outcome": outcome, "why": "no role"})
    item = _only(script, kind)
    assert item.what == "contain-aws.x: no role"
    assert item.command == f"irkit replan {RUN}"


def test_a_refused_step_is_open_since_it_was_refused() -> None:
    """A guard's no at planning is an open item with its moment."""
    script = waiting_run()
    script.add("guard.refused", {"step": "contain-aws.x", "code": "IRK302", "summary": "protected"})
    assert _only(script, Kind.FAILED).since == script.now


def test_a_lost_change_is_open_until_it_holds_again() -> None:
    """Somebody took a change back: it is open at once."""
    script = Script()
    close_the_door(script, opened(script))
    body: dict[str, Json] = {"look": 0, "lost": [SUSPEND], "unknown": [], "seats": {}}
    script.add("hold.checked", body)
    assert _only(script, Kind.LOST).what.endswith("somebody took it back")
    script.add("hold.checked", {**body, "lost": [], "look": 1})
    assert Kind.LOST not in _kinds(script)


def test_acting_alone_is_open_until_a_second_person_confirms() -> None:
    """Break-glass is a finding with an owner until it is confirmed."""
    script = waiting_run()
    script.add("breakglass.used", {"by": BOB, "reason": "alone at night"}, by=BOB)
    item = _only(script, Kind.CONFIRM)
    assert "--confirm-breakglass" in item.command
    script.add("breakglass.confirmed", {"by": CAROL}, by=CAROL)
    assert Kind.CONFIRM not in _kinds(script)


def test_change_paths_are_quoted_for_the_shell() -> None:
    """Brackets and hashes of a change's id survive pasting."""
    script = Script()
    opened(script)
    change = "contain-aws.for-each.deny_session[1111]#deny"
    send(script, change)
    script.add("step.result", {"change": change, "outcome": "unknown"})
    script.add("step.settled", {"change": change, "verdict": "unknown", "why": "odd"})
    assert _only(script, Kind.IN_DOUBT).command == f"irkit resolve {RUN} '{change}'"


def _waiting() -> Script:
    return waiting_run()


def _running() -> Script:
    script = Script()
    plan = opened(script)
    approve(script, plan, "close-the-door", BOB, after=1)
    send(script, SUSPEND)
    return script


def _doubt() -> Script:
    script = _running()
    script.add("step.result", {"change": SUSPEND, "outcome": "unknown"})
    return script


def _stopped() -> Script:
    script = waiting_run()
    script.add("run.stopped", {"why": "Ctrl-C"})
    return script


def _crashed_in_flight() -> Script:
    script = _running()
    script.add("run.stopped", {"why": "killed"})
    return script


def _holding() -> Script:
    script = contained_run()
    script.records.pop()
    return script


def _reading() -> Script:
    script = Script()
    opened(script)
    del script.records[4:]
    return script


@pytest.mark.parametrize(
    ("script", "state"),
    [
        (_reading, "running"),
        (_waiting, "waiting"),
        (_running, "running"),
        (_doubt, "in_doubt"),
        (_stopped, "stopped"),
        (_crashed_in_flight, "in_doubt"),
        (_holding, "holding"),
        (contained_run, "contained"),
        (partial_run, "partial"),
    ],
)
def test_state_is_judged_from_the_records(script: object, state: str) -> None:
    """Each state of the specification has records that lead to it."""
    assert callable(script)
    assert state_of(script().run) == state


def test_resumed_run_is_not_stopped_any_more() -> None:
    """A record that the run goes on lifts the stop."""
    script = _stopped()
    script.add("run.state", {"state": "running"})
    assert state_of(script.run) == "waiting"


def test_counts_are_in_the_order_of_the_stages() -> None:
    """Only stages that occur are counted."""
    assert counts(partial_run().run) == {"verified": 7, "drifted": 1, "refused": 1}
    script = Script()
    plan = opened(script)
    approve(script, plan, "close-the-door", BOB, after=1)
    make(script, SUSPEND)
    assert counts(script.run) == {"planned": 8, "verified": 1}
