"""The text that approvers sign is complete, safe and the same everywhere."""

from dataclasses import replace

import pytest
from lapsus_plan import lapsus_plan
from lapsus_run import ALICE, RUN

from irkit.model.display import VERSION, display_digest, display_text
from irkit.model.plan import Part, Plan


def _relabelled(plan: Plan, label: str) -> Plan:
    part = plan.parts[0]
    step = part.steps[0]
    change = replace(step.changes[0], target=replace(step.changes[0].target, label=label))
    steps = (replace(step, changes=(change,)), *part.steps[1:])
    return replace(plan, parts=(replace(part, steps=steps), *plan.parts[1:]))


def test_first_line_is_the_version() -> None:
    """Whoever reads it later knows which form it has."""
    shown = display_text(lapsus_plan(), ["close-the-door"])
    assert shown.splitlines()[0] == VERSION == "irkit.display/v1"


def test_every_change_is_there_with_its_target_and_both_states() -> None:
    """Nothing of a part is left out, however long it is."""
    plan = lapsus_plan()
    shown = display_text(plan, [part.id for part in plan.parts])
    for change in plan.changes:
        assert (
            f"   write: {change.verb}\n   target: {change.target.kind} {change.target.id}" in shown
        )
        assert f": {change.target.label}\n" in shown
    assert shown.count("   before: ") == shown.count("   after: ") == len(list(plan.changes))


def test_parts_that_are_not_asked_for_are_not_shown() -> None:
    """An approval of one part shows that part alone."""
    assert "contain-aws" not in display_text(lapsus_plan(), ["close-the-door"])


def test_unknown_part_is_refused() -> None:
    """Nobody signs a part that the plan has not."""
    with pytest.raises(KeyError):
        display_text(lapsus_plan(), ["no-such-part"])


@pytest.mark.parametrize("label", ["r\u0456ley", "ri\u202eley", "ri\x1b[8mley", "r\n2. suspend"])
def test_hostile_names_cannot_change_what_is_read(label: str) -> None:
    """Look-alikes, overrides, ANSI codes and line breaks show as escapes."""
    shown = display_text(_relabelled(lapsus_plan(), label), ["close-the-door"])
    assert all(" " <= char <= "~" or char == "\n" for char in shown)
    assert len(shown.splitlines()) == len(
        display_text(lapsus_plan(), ["close-the-door"]).splitlines()
    )


def test_digest_differs_for_any_other_plan_run_or_requester() -> None:
    """The digest is bound to all that is shown."""
    plan, part = lapsus_plan(), ["close-the-door"]
    texts = {
        display_text(plan, part, run=RUN, requester=ALICE),
        display_text(plan, part, run="other", requester=ALICE),
        display_text(plan, part, run=RUN, requester="mallory@acme"),
        display_text(_relabelled(plan, "someone"), part, run=RUN, requester=ALICE),
        display_text(lapsus_plan(mode="drill"), part, run=RUN, requester=ALICE),
    }
    assert len({display_digest(text) for text in texts}) == len(texts)


def test_undo_says_what_it_takes_back() -> None:
    """A plan that takes back names the run and each change of it."""
    plan = lapsus_plan()
    part = plan.parts[0]
    steps = tuple(replace(step, undoes=f"{step.path}#made") for step in part.steps)
    undo = replace(
        plan,
        header=replace(plan.header, undoes="01JDC3OTHER"),
        parts=(replace(part, steps=steps),),
    )
    shown = display_text(undo, [part.id])
    assert "\ntakes back: 01JDC3OTHER\n" in shown
    assert "   takes back: close-the-door.suspend#made\n" in shown


def test_unknown_steps_are_part_of_the_text() -> None:
    """A part with something unknown shows what it is."""
    shown = display_text(lapsus_plan(), ["ask?"])
    assert "not known yet: ask.undo: ir-lead has not been asked yet" in shown


def test_reassertion_is_part_of_what_is_signed() -> None:
    """An approver reads whether irkit may make a change again by itself."""
    plan = lapsus_plan()
    part: Part = replace(plan.parts[0], hold="reassert")
    shown = display_text(replace(plan, parts=(part,)), [part.id])
    assert "when a change is lost: made again" in shown
