"""Nothing grows unnoticed: groups that get members, and targets that turn up later."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from engine_story import Story, planned, playbook
from lab import Lab, laboratory
from stage import Stage
from test_aws_guards import FACTS, judge
from test_guards_undo import book_of

from irkit.engine.books import recorded_book
from irkit.engine.guards.growth import outgrown
from irkit.engine.runner import Ending
from irkit.model.plan import PlannedStep
from irkit.model.run import Run
from irkit.model.run import Stage as ChangeStage

REMOVE = "okta.group.remove_admin_role"
LOOP = "  - phase: Cut\n    steps:\n      - do: okta.user.suspend\n        with: {user: kai}\n"


def items(first: int, last: int, step: str = "cut.suspend") -> tuple[PlannedStep, ...]:
    """Return the steps of these items of a loop, each on a user of its own."""
    return tuple(planned(f"{step}[{number}]", str(number)) for number in range(first, last))


def test_a_fifth_more_is_no_growth_and_anything_more_is() -> None:
    """Counted against the first part, whatever the number of parts it creeps in by."""
    story = Story(playbook(LOOP))
    story.propose("cut", *items(0, 5))
    assert not outgrown(story.run, items(5, 6))
    assert outgrown(story.run, items(5, 7))
    story.propose("cut+1", *items(5, 6))
    assert outgrown(story.run, items(6, 7))
    assert not outgrown(story.run, items(2, 6))


def test_another_step_is_another_step() -> None:
    """What was not planned before is not measured by what was; nor is a step's first plan."""
    story = Story(playbook(LOOP))
    story.propose("cut", *items(0, 1))
    assert not outgrown(story.run, items(0, 9, "cut.other"))
    assert not outgrown(Run(id="R"), items(0, 9))


def test_a_step_that_is_no_change_yet_or_takes_back_is_not_judged() -> None:
    """Only what is about to be written is counted again."""
    story = Story(playbook(LOOP))
    story.propose("cut", *items(0, 1))
    step = story.run.steps["cut.suspend[0]"][1]
    assert judge("growth", step) is None
    assert judge("growth", step, replace(FACTS, before_write=True)) is None


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A laboratory without an intruder."""
    with laboratory(tmp_path, intruder=False) as lab:
        yield lab


def signed(lab: Lab) -> tuple[str, str]:
    """Let people sign that a group of seven loses a role; return the group and the run."""
    group = lab.world.okta_ids.groups["support"]
    lab.world.okta.assign_role(group, "READ_ONLY_ADMIN")
    book = book_of(REMOVE, group=group)
    run_id = lab.start(book, group=group)
    lab.go(book, run_id)
    lab.approve(run_id)
    lab.approve(run_id, "bob@acme.example")
    return group, run_id


def join(lab: Lab, group: str, *names: str) -> None:
    """Put people into a group while nobody looks."""
    for name in names:
        lab.world.okta.tables.join(group, lab.world.okta_ids.users[f"{name}@acme.example"])
    lab.world.clock.advance(timedelta(seconds=10))


def carried_out(lab: Lab, group: str, run_id: str) -> Run:
    """Go on, and return the run."""
    return lab.go(book_of(REMOVE, group=group), run_id).run


def stages(run: Run) -> set[ChangeStage]:
    """Return how far its changes have come."""
    return {state.stage for state in run.changes.values()}


def test_one_who_joins_a_group_of_seven_does_not_stop_it(lab: Lab) -> None:
    """It is less than a fifth, and the change is made as it was signed."""
    group, run_id = signed(lab)
    join(lab, group, "max.huber")
    assert stages(carried_out(lab, group, run_id)) == {ChangeStage.VERIFIED}


def test_a_group_that_grew_while_people_signed_stops(lab: Lab) -> None:
    """Who signed for seven did not sign for ten."""
    group, run_id = signed(lab)
    join(lab, group, "max.huber", "rita.gomes", "theo.brandt")
    run = carried_out(lab, group, run_id)
    assert stages(run) == {ChangeStage.REFUSED}
    ((_, code, summary),) = run.refusals
    assert code == "IRK327"
    assert "READ_ONLY_ADMIN of support would hit 10 members now, and 7 were planned" in summary


def test_a_protected_person_who_joins_the_group_is_not_hit(lab: Lab) -> None:
    """Whoever can put people into a group cannot so make the run hit whom it must not."""
    group, run_id = signed(lab)
    join(lab, group, "ada.break")
    run = carried_out(lab, group, run_id)
    assert stages(run) == {ChangeStage.REFUSED}
    assert set(run.refused_by.values()) == {"protected"}


KEEP = """
irkit: 1
playbook: keep
title: Keep
version: 1.0.0
about: Keep the disks of some machines.
inputs: {machines: list of aws.instance}
guards: {protect: [{aws.role: "irkit-*"}], limit: {aws.instance: 5}}
steps:
  - phase: Keep
    steps:
      - do: aws.evidence.snapshot
        for_each: {machine: inputs.machines}
        with: {instance: "{{ machine }}"}
      - manual: Anything else?
        to: ir-lead
        within: 30m
        if_silent: continue
        ask: {more: text}
"""


def test_what_needs_nobody_needs_somebody_once_it_grows(lab: Lab) -> None:
    """Evidence is kept without an approval, and not of twice the machines that were planned."""
    book = recorded_book(KEEP.lstrip(), "keep.yaml", {})
    run_id = lab.start(book, machines=Stage(world=lab.world).machine("web-1"))
    lab.go(book, run_id)
    assert stages(lab.run_of(run_id)) == {ChangeStage.VERIFIED}
    more = Stage(world=lab.world).machine("web-2")
    lab.record(run_id, "targets.added", {"step": "keep.snapshot", "targets": [more]})
    driven = lab.go(book, run_id)
    assert driven.ending is Ending.WAITING
    assert driven.run.parts["keep+1"].need.need == 1
    assert stages(driven.run) == {ChangeStage.VERIFIED, ChangeStage.PLANNED}
    lab.approve(run_id)
    lab.go(book, run_id)
    assert stages(lab.run_of(run_id)) == {ChangeStage.VERIFIED}
