"""Progress: what is said of each record, and what is never said too early."""

from dataclasses import replace

import pytest
from golden_story import STYLE
from lapsus_run import (
    ALICE,
    RUN,
    Script,
    added,
    approve,
    close_the_door,
    contained_run,
    opened,
    partial_run,
    proposed,
    send,
)

from irkit.canonical import Json
from irkit.cli.views import progress
from irkit.model.fold import _HANDLERS, take
from irkit.model.run import Run
from irkit.model.spec import Reversal
from irkit.report.telling import _TELLERS

SUSPEND = "close-the-door.suspend#suspend"


def _lines(script: Script) -> list[str]:
    run = Run(id=RUN)
    lines = []
    for entry in script.records:
        take(run, entry)
        value = progress.to_json(entry, run)
        if value is not None:
            lines.append(progress.text(value, style=STYLE))
    return lines


def _last(script: Script) -> str:
    return _lines(script)[-1]


@pytest.fixture
def script() -> Script:
    """Return a run whose first part is approved."""
    script = Script()
    plan = opened(script)
    approve(script, plan, "close-the-door", ALICE, after=1)
    return script


def _result(script: Script, outcome: str, **more: Json) -> None:
    script.add("step.result", {"change": SUSPEND, "outcome": outcome, **more})


def test_sent_accepted_and_read_back_are_three_lines() -> None:
    """An accepted call is never shown as a change that works."""
    script = Script()
    close_the_door(script, opened(script))
    words = [line.split()[2] for line in _lines(script) if "Suspend an Okta user" in line]
    assert words == ["sent", "accepted", "read"]


def test_accepted_line_carries_no_tick(script: Script) -> None:
    """The tick is kept for what was read back."""
    send(script, SUSPEND)
    _result(script, "changed", status=200)
    assert "✔" not in _last(script)


def test_read_back_says_how_much_later(script: Script) -> None:
    """The time between the answer and the look is shown to a tenth of a second."""
    send(script, SUSPEND)
    _result(script, "changed")
    script.add("step.verified", {"change": SUSPEND, "how": "state"}, after=1.2)
    assert "✔ read back " in _last(script)
    assert _last(script).endswith(" riley@contractor.example  1.2 s later")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("unknown", "IN DOUBT"), ("failed", "FAILED"), ("retry", "not made")],
)
def test_other_results_are_never_green(script: Script, outcome: str, said: str) -> None:
    """A reset, a refusal and a throttle each say what they are, without a tick."""
    send(script, SUSPEND)
    _result(script, outcome, error="the connection was reset")
    assert said in _last(script)
    assert "✔" not in _last(script)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("applied", "was made"), ("not_applied", "was not made"), ("unknown", "IN DOUBT")],
)
def test_settling_says_what_the_look_found(script: Script, verdict: str, said: str) -> None:
    """After a look, the line says what became of the change, or that nobody can tell."""
    send(script, SUSPEND)
    _result(script, "unknown", error="reset")
    script.add("step.settled", {"change": SUSPEND, "verdict": verdict, "why": "odd state"})
    assert said in _last(script)
    assert ("irkit resolve" in _last(script)) is (verdict == "unknown")


def test_first_cut_is_announced_once() -> None:
    """The moment the first part can be approved is said, with the command."""
    lines = [line for line in _lines(partial_run()) if "first cut ready" in line]
    assert len(lines) == 1
    assert f"irkit approve {RUN}" in lines[0]


def test_later_parts_are_not_called_the_first_cut(script: Script) -> None:
    """A supplement is ready, and no second first cut."""
    part = script.run.parts["close-the-door"]
    script.add("plan.extended", added(replace(part, id="close-the-door+1")))
    assert "first cut" not in _last(script)
    assert "ready" in _last(script)


def test_denial_is_loud(script: Script) -> None:
    """Somebody's no cannot be overlooked."""
    body = {**script.records[-1].body}
    statement = body["statement"]
    assert isinstance(statement, dict)
    script.add("approval", {**body, "statement": {**statement, "decision": "deny"}})
    assert "✖ DENIED" in _last(script)


def test_failed_read_says_why(script: Script) -> None:
    """A read without an answer is not shown as an empty one."""
    script.add("step.read", {"step": "t", "action": "a.b", "digest": "d", "error": "no answer"})
    assert "✖ not read" in _last(script)
    script.add(
        "step.read",
        {"step": "u", "action": "a.b", "digest": "d", "complete": False, "gaps": ["page 2"]},
    )
    assert "? read in part" in _last(script)
    assert "page 2" in _last(script)
    left_out: list[Json] = ["1 region: eu-west-1"]
    script.add("step.read", {"step": "v", "action": "a.b", "digest": "d", "left_out": left_out})
    assert "✔ read " in _last(script)
    assert "left out: 1 region" in _last(script)


def test_lost_again_names_what_and_what_to_type(script: Script) -> None:
    """When somebody takes a change back, the line says which and how to go on."""
    send(script, SUSPEND)
    _result(script, "changed")
    script.add("step.verified", {"change": SUSPEND, "how": "state"})
    body: dict[str, Json] = {"look": 0, "lost": [SUSPEND], "unknown": [], "seats": {}}
    script.add("hold.checked", body)
    assert "✖ LOST AGAIN       Suspend an Okta user" in _last(script)
    assert f"irkit replan {RUN}" in _last(script)


def test_silence_of_a_person_is_said() -> None:
    """Nobody answering is an event of its own."""
    script = contained_run()
    script.add("answer", {"step": "ask.call", "values": {}, "silent": True, "by": ""})
    assert "no answer" in _last(script)


def test_unseen_record_types_say_nothing(script: Script) -> None:
    """What finishes nothing to see makes no line."""
    n = script.add("note", {"text": "x"})
    run = script.run
    assert progress.to_json(script.records[-1], run) is None
    assert script.records[-1].n == n


def test_every_type_of_the_fold_that_people_wait_for_has_a_line() -> None:
    """No state of a change can pass without a line."""
    silent = {
        "playbook.loaded",
        "targets.resolved",
        "seats.checked",
    }  # seats have a line of their own
    assert set(_HANDLERS) - silent <= set(_TELLERS)


def test_heartbeat_of_a_run_that_only_waits() -> None:
    """With nothing under way the sign of life says how far the run is, and no more."""
    script = Script()
    close_the_door(script, opened(script))
    change = "contain-aws.for-each.deny_session[1111]#deny"
    send(script, change)
    script.add("step.result", {"change": change, "outcome": "changed"})
    line = progress.heartbeat(progress.heartbeat_json(script.run, now=STYLE.now), style=STYLE)
    assert "2 of 9 changes finished · 1 to read back · last record" in line
    empty = progress.heartbeat(progress.heartbeat_json(Run(), now=STYLE.now), style=STYLE)
    assert empty == "02:43:00Z  · still working    0 of 0 changes finished"


def test_heartbeat_counts_what_is_under_way(script: Script) -> None:
    """A long silence is broken by what is finished and what is not answered."""
    send(script, SUSPEND)
    value = progress.heartbeat_json(script.run, now=STYLE.now, waiting_for="okta: 12s")
    line = progress.heartbeat(value, style=STYLE)
    assert "0 of 9 changes finished" in line
    assert "1 sent and not answered" in line
    assert "okta: 12s" in line


@pytest.mark.parametrize(
    ("reversals", "word"),
    [
        ((Reversal.ADDITIVE,), "ready"),
        ((Reversal.ADDITIVE, Reversal.EXACT), "first cut ready"),
    ],
)
def test_gathering_evidence_is_no_first_cut(reversals: tuple[Reversal, ...], word: str) -> None:
    """What only adds evidence takes nothing from anybody; with a cut beside it, it is one."""
    script = Script()
    plan = opened(script)
    part = plan.parts[0]
    steps = tuple(
        replace(part.steps[0], path=f"s{n}", reversal=kind) for n, kind in enumerate(reversals)
    )
    script.records.pop()
    script.add("plan.proposed", proposed(replace(plan, parts=(replace(part, steps=steps),))))
    assert _last(script).split("  ")[1].strip().endswith(word)
    script.add("plan.extended", added(replace(part, id="later")))
    assert ("first cut ready" in _last(script)) is (word == "ready")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("guard.refused", {"change": SUSPEND, "code": "IRK301", "summary": "protected"}),
        ("step.skipped", {"change": SUSPEND, "outcome": "skipped", "why": "could not look"}),
        ("step.skipped", {"step": "s", "outcome": "failed", "why": "no such user"}),
        ("step.read", {"step": "t", "action": "a.b", "error": "denied"}),
        ("step.result", {"change": SUSPEND, "outcome": "failed", "error": "denied"}),
    ],
)
def test_what_went_wrong_says_what_to_do(script: Script, kind: str, body: dict[str, Json]) -> None:
    """The line of what failed or was refused ends with the diagnostic's help."""
    script.add(kind, {**body, "help": "ask the owner"})
    assert "help: ask the owner" in _last(script)
