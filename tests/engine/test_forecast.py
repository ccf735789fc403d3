"""The forecast at signing: what a playbook lets pass before the last change of a part."""

from datetime import timedelta

import pytest
from engine_story import Story, planned, playbook

from irkit.engine.forecast import A_CHANGE, until_last_change

STEPS = """
  - phase: Door
    steps:
      - do: okta.user.suspend
        with: {user: x}
  - phase: Ask
    needs: []
    steps:
      - manual: Was it you?
        to: ir-lead
        within: 20m
      - if: "true"
        then:
          - manual: Sure?
            to: ir-lead
            within: 10m
        else:
          - manual: Really?
            to: ir-lead
            within: 5m
      - repeat: {until: "true", at_most: 6, every: 30s}
        steps:
          - read: okta.user.get
            with: {user: x}
  - phase: After
    needs: [Ask]
    steps:
      - steps:
          - do: okta.user.suspend
            with: {user: y}
        rescue:
          - manual: By hand.
            to: ir-lead
            within: 2h
"""


@pytest.fixture
def story() -> Story:
    """A run with a part before and a part after questions."""
    told = Story(playbook(STEPS))
    told.propose("door", planned("door.suspend", "a"))
    told.propose("after", planned("after.steps.suspend", "b", "c", target="00u2"))
    return told


def test_what_waits_for_nobody_is_a_matter_of_seconds(story: Story) -> None:
    """Only the part's own changes count where nothing has to be waited for."""
    assert until_last_change(story.playbook, story.run, ["door"]) == A_CHANGE


def test_questions_and_waiting_before_the_part_are_added(story: Story) -> None:
    """The longer branch, each round of a wait, and nothing that is only there if it goes wrong."""
    waits = timedelta(minutes=20 + 10 + 3)
    assert until_last_change(story.playbook, story.run, ["after"]) == waits + 2 * A_CHANGE
    both = until_last_change(story.playbook, story.run, ["door", "after"])
    assert both == waits + 3 * A_CHANGE


def test_what_is_answered_or_made_is_not_waited_for(story: Story) -> None:
    """A question with its answer, and a change with its result, are over."""
    ids = [step.id for step in story.playbook.phases[1].steps]
    story.tell("step.asked", step=ids[0], to="ir-lead", text="?", until="2026-11-24T04:00:00Z")
    story.tell("answer", step=ids[0], values={}, silent=False, by="alice")
    story.tell("step.skipped", change="after.steps.suspend#b", outcome="already", why="so")
    left = until_last_change(story.playbook, story.run, ["after"])
    assert left == timedelta(minutes=13) + A_CHANGE


def test_branches_at_the_same_time_wait_at_the_same_time() -> None:
    """The longest branch of `parallel` counts."""
    steps = """
  - phase: Both
    steps:
      - parallel:
          - manual: One?
            to: ir-lead
            within: 4m
          - manual: Two?
            to: ir-lead
            within: 9m
      - do: okta.user.suspend
        with: {user: x}
"""
    told = Story(playbook(steps))
    told.propose("both", planned("both.suspend", "a"))
    assert until_last_change(told.playbook, told.run, ["both"]) == timedelta(minutes=9) + A_CHANGE
