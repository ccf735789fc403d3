"""The plan on the screen: all that decides is there, within 24 lines."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from golden_story import STYLE
from hypothesis import given, settings
from hypothesis import strategies as st
from lapsus_plan import lapsus_plan
from lapsus_run import ALICE, Script, opened, waiting_run

from irkit.cli.views import plan as view
from irkit.cli.views.plan_text import LINES, need_words
from irkit.diagnostics import Diagnostic
from irkit.model.plan import Part, PartNeed, Plan, Unknown
from irkit.report.residual import ResidualAccess


def _summary(plan: Plan, **more: object) -> str:
    return view.text(view.to_json(plan, **more), style=STYLE)  # type: ignore[arg-type]


def _with_parts(count: int, unknowns: int) -> Plan:
    plan = lapsus_plan()
    base = plan.parts[1]
    parts = [replace(base, id=f"phase-{n}", phase=f"phase-{n}") for n in range(count)]
    open_part = Part(
        id="later?",
        phase="later",
        need=PartNeed(),
        unknowns=tuple(Unknown(path=f"later.{n}", why="not yet") for n in range(unknowns)),
    )
    return replace(plan, parts=(*parts, open_part))


@settings(max_examples=40)
@given(
    st.integers(min_value=0, max_value=30),
    st.integers(min_value=0, max_value=30),
    st.integers(min_value=0, max_value=30),
    st.integers(min_value=0, max_value=30),
)
def test_summary_never_exceeds_24_lines(
    parts: int, unknowns: int, refused: int, residual: int
) -> None:
    """Whatever the plan holds, the summary fits a small terminal."""
    text = _summary(
        _with_parts(parts, unknowns),
        refused=[Diagnostic(code="IRK301", summary=f"no {n}") for n in range(refused)],
        residual=[ResidualAccess(kind=f"kind{n}") for n in range(residual)],
    )
    assert len(text.splitlines()) <= LINES == 24
    assert "DIGEST" in text


def test_lines_fit_the_width() -> None:
    """No line of the summary is wider than the terminal."""
    for width in (60, 80, 100):
        value = view.to_json(lapsus_plan())
        text = view.text(value, style=replace(STYLE, width=width))
        digest = next(line for line in text.splitlines() if line.startswith("DIGEST"))
        rest = [line for line in text.splitlines() if line is not digest]
        assert max(map(len, rest)) <= width


def test_what_cannot_be_undone_is_said_with_its_reason() -> None:
    """Every change that is not exactly restorable shows its class and its because."""
    text = _summary(lapsus_plan())
    assert "1 × okta.user.revoke_sessions (SELF_HEALING): Ended sessions cannot" in text
    assert "1 × aws.iam_key.rotate_to_secret (LOSSY)" in text


def test_reversal_classes_count_changes() -> None:
    """The counts add up to the number of changes."""
    value = view.to_json(lapsus_plan())
    counts = value["reversal"]
    assert counts == {"SELF_HEALING": 1, "EXACT": 7, "LOSSY": 1}
    assert value["changes"] == 9


def test_digests_are_the_models_own() -> None:
    """The screen shows the digests that are signed, and computes none of its own."""
    plan = lapsus_plan()
    value = view.to_json(plan)
    assert value["digest"] == plan.digest
    assert value["header"] == plan.header.digest
    parts = value["parts"]
    assert isinstance(parts, list)
    assert [part["digest"] for part in parts if isinstance(part, dict)] == [
        part.digest(plan.header.digest) for part in plan.parts
    ]


def test_residual_access_is_open_or_ends_by_itself() -> None:
    """What is left to the intruder is never silently fine."""
    text = _summary(
        lapsus_plan(),
        residual=[
            ResidualAccess(kind="console_session"),
            ResidualAccess(kind="okta_access_token", expires="within 1h", accepted="short"),
        ],
    )
    assert "✖ console_session: OPEN" in text
    assert "✖ okta_access_token: over by itself within 1h (accepted: short)" in text


def test_refusals_and_gaps_of_the_run_are_shown() -> None:
    """A plan that rests on an incomplete read, or from which a guard took something, says so."""
    script = Script()
    opened(script)
    script.add(
        "guard.refused",
        {
            "step": "x",
            "guard": "protected",
            "code": "IRK302",
            "summary": "ir-admin is protected",
            "help": "change the policy",
        },
    )
    script.add(
        "step.read",
        {
            "step": "trace.trace[4444]",
            "action": "aws.federation.trace",
            "digest": "sha256:0",
            "complete": False,
            "gaps": ["account 444444444444 refused"],
        },
    )
    run = script.run
    assert run.plan is not None
    text = _summary(run.plan, run=run)
    assert "REFUSED    ✖ IRK302 ir-admin is protected" in text
    assert "             change the policy" in text
    assert "NOT SEEN   ? trace.trace[4444]: account 444444444444 refused" in text


def test_plan_past_its_validity_says_so() -> None:
    """An old plan is not shown as one that can be run."""
    value = view.to_json(lapsus_plan(), valid=timedelta(minutes=10))
    assert "too old to run" in view.text(value, style=STYLE)


def test_empty_plan_offers_nothing_to_approve() -> None:
    """Where nothing is to be changed, no approval is asked for."""
    value = view.to_json(replace(lapsus_plan(), parts=()))
    assert value["next"] == []
    assert "nothing to change" in view.text(value, style=STYLE)


def test_next_commands_name_the_run() -> None:
    """The command below the plan works when pasted."""
    run = waiting_run().run
    assert run.plan is not None
    value = view.to_json(run.plan, run=run)
    assert value["next"] == [
        f"irkit approve {run.id}",
        f"irkit run {run.id}",
    ]


@pytest.mark.parametrize("full", [False, True])
def test_provider_text_cannot_move_the_cursor(full: bool) -> None:
    """A login with ANSI codes and overrides shows them as escapes."""
    plan = lapsus_plan()
    part = plan.parts[0]
    change = part.steps[0].changes[0]
    target = replace(change.target, label="evil\x1b[2K\u202e\nDIGEST sha256:0")
    steps = (replace(part.steps[0], changes=(replace(change, target=target),)),)
    hostile = replace(plan, parts=(replace(part, steps=steps),))
    text = view.text(view.to_json(hostile), style=STYLE, full=full)
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    assert sum(line.startswith("DIGEST") for line in text.splitlines()) == 1


def test_full_plan_shows_late_values_as_such() -> None:
    """A value that is known only at the moment of writing is said to be one."""
    text = view.text(view.to_json(lapsus_plan()), style=STYLE, full=True)
    assert "ended_before: none → <the provider's clock when it is written>" in text
    assert "key: AKIA2DEPLOY01 → <key of contain-aws.rotate#rotate>" in text


def test_full_plan_shows_only_the_keys_that_differ() -> None:
    """What stays the same in a policy is not repeated."""
    text = view.text(view.to_json(lapsus_plan()), style=STYLE, full=True)
    assert "policies.irkit-deny-session" in text
    assert "policies.base" not in text


def test_full_plan_shows_order_removals_and_what_is_not_known() -> None:
    """What must come first, what goes away, what is so already, and what is not known yet."""
    plan = lapsus_plan()
    part = plan.parts[0]
    first, second = (step.changes[0] for step in part.steps)
    removal = replace(second, before={"a": [1, 2]}, after={"a": [2]}, needs=(first.id,))
    whole = replace(second, before="on", after="off")
    steps = (
        replace(part.steps[0], already=("other@acme",)),
        replace(part.steps[1], changes=(removal, whole)),
    )
    text = view.text(
        view.to_json(replace(plan, parts=(replace(part, steps=steps), plan.parts[2]))),
        style=STYLE,
        full=True,
    )
    assert f"      after {first.id}" in text
    assert "      - a[]: 1" in text
    assert "      ~ on → off" in text
    assert "    = other@acme: already so" in text
    assert "  ? ask.undo is not known yet: ir-lead has not been asked yet" in text


def test_steps_that_could_not_be_planned_are_shown_as_refused() -> None:
    """A step that the planner had to leave out is not silently absent."""
    script = Script()
    opened(script)
    script.add(
        "step.skipped", {"step": "contain-aws.x", "outcome": "failed", "why": "no such role"}
    )
    run = script.run
    assert run.plan is not None
    assert "REFUSED    ✖ contain-aws.x: no such role" in _summary(run.plan, run=run)


def test_part_that_needs_nobody_is_not_offered_for_approval() -> None:
    """Where no approval is needed, the next command is to run."""
    script = Script()
    opened(script)
    run = script.run
    assert run.plan is not None
    plan = run.plan
    free = replace(plan, parts=(replace(plan.parts[0], need=PartNeed()),))
    assert view.to_json(free, run=run)["next"] == [f"irkit run {run.id}"]


def test_needs_read_as_people_say_them() -> None:
    """How many, from whom, and who may not."""
    assert need_words(PartNeed().to_json()) == "nobody needs to approve"
    assert need_words(PartNeed(need=2, exclude_requester=True).to_json()) == (
        "2 from any approver, not the requester"
    )


def test_undo_plan_speaks_of_no_undo_of_its_own() -> None:
    """A plan that takes back names the run, and does not warn of its own way back."""
    plan = lapsus_plan()
    undo = replace(plan, header=replace(plan.header, undoes="01JDC3OTHER"))
    text = _summary(undo)
    assert "TAKES BACK 01JDC3OTHER" in text
    assert "NOT BACK" not in text
    assert "UNDO" not in text


def test_exercise_is_marked() -> None:
    """A plan of an exercise cannot be taken for a real one."""
    assert "[EXERCISE]" in _summary(lapsus_plan(mode="drill"))
    assert "LIVE" not in _summary(lapsus_plan(mode="drill"))
    assert ALICE not in _summary(lapsus_plan())
