"""Corners of the walk, the machine and the fold that no ordinary run turns."""

from datetime import timedelta

import pytest
from engine_story import CATALOGUE, Story, planned, playbook

from irkit.engine.commands import Ask, CheckNow, PlanUndo, WaitUntil, WriteReport
from irkit.engine.leaves import (
    CheckLeaf,
    DoLeaf,
    End,
    FailedLeaf,
    ManualLeaf,
    ReadLeaf,
    ReportLeaf,
    UndoLeaf,
    UnknownLeaf,
)
from irkit.engine.machine import Moment, next_commands
from irkit.engine.walk import Book, Walk
from irkit.model.run import Stage

CALLED = """
  - read: okta.user.get
    with: {user: "{{ inputs.who }}"}
    as: user
  - do: okta.user.suspend
    with: {user: "{{ user.id }}"}
"""
CALLING = """
  - call: cut-one
    with: {who: kai}
    as: cut
  - read: okta.user.get
    with: {user: kai}
"""


def _moment(story: Story, **more: object) -> Moment:
    approved = frozenset(story.run.parts)
    known: dict[str, object] = {"approved": approved, **more}
    return Moment(run=story.run, walked=story.walk(), now=story.now, **known)  # type: ignore[arg-type]


def _made(story: Story, change: str) -> None:
    story.tell("step.intent", change=change, attempt=1, resolved={})
    story.tell("step.result", change=change, outcome="changed")
    story.tell("step.verified", change=change, how="state")


def _calling() -> Story:
    return Story(playbook(CALLING), calls={"cut-one": playbook(CALLED)})


def test_a_called_playbook_knows_its_inputs_and_nothing_else() -> None:
    """Its steps are walked under the call's path, with the call's arguments."""
    (read, *_) = _calling().walk().leaves
    assert isinstance(read, ReadLeaf)
    assert read.path == "steps.cut-one/steps.get"
    assert read.arguments == {"user": "kai"}


def test_what_a_called_playbook_changes_affects_what_comes_after() -> None:
    """A read behind the call waits for the change inside it, and the call ends with it."""
    story = _calling()
    story.read("steps.cut-one/steps.get", {"id": "00u1"})
    do, unknown = story.walk().leaves
    assert isinstance(do, DoLeaf)
    assert isinstance(unknown, UnknownLeaf)
    story.propose("steps", planned(do.path, "one"))
    _made(story, f"{do.path}#one")
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, ReadLeaf)
    assert leaf.path == "steps.get"


def test_a_called_playbook_that_fails_fails_its_call() -> None:
    """What is left of the caller is not reached."""
    story = _calling()
    story.read("steps.cut-one/steps.get", {"id": "00u1"})
    story.tell(
        "step.skipped", step="steps.cut-one/steps.suspend", outcome="failed", why="no such user"
    )
    walked = story.walk()
    assert walked.phases["steps"] is End.FAILED
    assert all(isinstance(leaf, FailedLeaf) for leaf in walked.leaves)


def test_outputs_that_cannot_be_known_are_null() -> None:
    """A playbook's output that depends on what did not happen is null, and no error."""
    text = "  - read: okta.user.get\n    with: {user: kai}\n    as: user\n"
    story = Story(playbook(text, outputs='{id: "{{ user.id }}", always: 1}'))
    assert story.walk().outputs == {"id": None, "always": 1}
    story.read("steps.get", {"id": "00u1"})
    assert story.walk().outputs == {"id": "00u1", "always": 1}


ONLY = """
  - phase: Look
    steps:
      - manual: Call them.
        to: ir-lead
        within: 5m
        as: answer
      - do: okta.user.suspend
        with: {user: kai}
      - undo: [Look]
  - phase: Cut
    needs: []
    steps:
      - read: okta.user.get
        with: {user: kai}
"""


def test_a_phase_that_is_not_asked_for_asks_nobody_and_changes_nothing() -> None:
    """With `--only` the other phases' reads are made and nothing else."""
    story = Story(playbook(ONLY))
    story.tell("run.opened", mode="drill", requester="dana", only="cut")
    walked = story.walk()
    assert walked.phases["look"] is End.DONE
    assert [type(leaf) for leaf in walked.leaves] == [ReadLeaf]


def test_a_step_left_out_makes_its_sequence_partial() -> None:
    """Leaving out is no failure and no success."""
    story = Story(playbook("  - do: okta.user.suspend\n    with: {user: kai}\n"))
    story.tell("step.skipped", step="steps.suspend", outcome="skipped", why="by hand")
    assert story.walk().phases["steps"] is End.PARTIAL


def test_a_read_to_be_made_again_is_found_though_it_has_an_answer() -> None:
    """The hold asks the logs again without forgetting what they said."""
    text = "  - read: okta.user.get\n    with: {user: kai}\n    as: user\n"
    story = Story(playbook(text))
    story.read("steps.get", {"id": "00u1"})
    book = Book(main=story.playbook)
    again = Walk(
        book, story.run, CATALOGUE, now=story.now, revisit=frozenset({"steps.get"})
    ).walked()
    assert [leaf.path for leaf in again.leaves] == ["steps.get"]
    assert again.phases["steps"] is End.DONE


CHECKED = """
  - do: okta.user.suspend
    with: {user: kai}
    verify:
      read: okta.user.get
      with: {user: kai}
      expect: result.status == 'SUSPENDED'
      within: 30s
"""


@pytest.mark.parametrize(
    ("kind", "end"), [("step.verified", End.DONE), ("step.verify_failed", End.PARTIAL)]
)
def test_a_check_of_its_own_decides_how_the_step_ends(kind: str, end: End) -> None:
    """The change is made; whether it is good is the playbook's own question."""
    story = Story(playbook(CHECKED))
    story.propose("steps", planned("steps.suspend", "one"))
    _made(story, "steps.suspend#one")
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, CheckLeaf)
    assert any(isinstance(command, CheckNow) for command in next_commands(_moment(story)))
    story.tell(kind, step="steps.suspend", how="check", why="no")
    walked = story.walk()
    assert walked.leaves == ()
    assert walked.phases["steps"] is end


def test_a_report_is_written_once_it_is_reached() -> None:
    """It has one command, and none when it is there."""
    story = Story(playbook("  - report: after-action.md\n"))
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, ReportLeaf)
    assert next_commands(_moment(story)) == (WriteReport(leaf=leaf),)
    story.tell("report.written", step=leaf.path, file="report.md")
    assert story.walk().phases["steps"] is End.DONE


def test_undo_is_planned_when_it_is_reached_and_ends_with_its_changes() -> None:
    """The step asks to be planned; its changes' end is its own."""
    steps = """
  - phase: Cut
    steps:
      - do: okta.user.suspend
        with: {user: kai}
  - phase: Back
    steps:
      - undo: [Cut]
"""
    story = Story(playbook(steps))
    story.propose("cut", planned("cut.suspend", "one"))
    _made(story, "cut.suspend#one")
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, UndoLeaf)
    assert PlanUndo(leaf=leaf) in next_commands(_moment(story))
    story.propose("back", planned(f"{leaf.path}/cut.suspend", "one", target="other"))
    assert story.walk().phases["back"] is End.OPEN
    _made(story, f"{leaf.path}/cut.suspend#one")
    assert story.walk().phases["back"] is End.DONE


def test_a_person_is_asked_and_then_waited_for() -> None:
    """Asked once; until the time is over nothing but waiting, then the silence is recorded."""
    steps = "  - manual: Call.\n    to: ir-lead\n    within: 5m\n"
    story = Story(playbook(steps))
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, ManualLeaf)
    assert next_commands(_moment(story)) == (Ask(leaf=leaf),)
    until = story.now + timedelta(minutes=5)
    text = until.isoformat().replace("+00:00", "Z")
    story.tell("step.asked", step=leaf.path, to="ir-lead", text="Call.", until=text)
    (wait,) = next_commands(_moment(story))
    assert isinstance(wait, WaitUntil)
    assert wait.who == "ir-lead"
    story.now = until + timedelta(seconds=1)
    (again,) = next_commands(_moment(story))
    assert isinstance(again, Ask)


def test_a_look_that_lost_a_change_may_plan_it_again() -> None:
    """Where the part allows it, the lost change is planned once more."""
    story = Story(playbook("  - do: okta.user.suspend\n    with: {user: kai}\n"))
    story.propose("steps", planned("steps.suspend", "one"))
    change = "steps.suspend#one"
    _made(story, change)
    story.tell("hold.checked", look=0, lost=[change], reassert=[change], last=False)
    assert story.run.changes[change].lost
    assert story.run.changes[change].stage is Stage.PLANNED


def test_replanning_forgets_what_was_never_written() -> None:
    """A drifted change is gone with its step; one that was made stays in the history."""
    story = Story(playbook("  - do: okta.user.suspend\n    with: {user: kai}\n"))
    story.propose("steps", planned("steps.suspend", "one", "two"))
    _made(story, "steps.suspend#one")
    story.tell("step.drifted", change="steps.suspend#two", found={})
    story.tell("step.replanned", step="steps.suspend")
    assert list(story.run.changes) == ["steps.suspend#one"]
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, DoLeaf)
    assert not leaf.planned


def test_an_undone_change_is_known_as_such() -> None:
    """Verifying the undo marks the change it takes back."""
    story = Story(playbook("  - do: okta.user.suspend\n    with: {user: kai}\n"))
    story.propose("steps", planned("steps.suspend", "one"))
    _made(story, "steps.suspend#one")
    back = planned("back/steps.suspend", "one", target="x")
    back = type(back).from_json({**back.to_json(), "undoes": "steps.suspend#one"})
    story.propose("back", back)
    _made(story, "back/steps.suspend#one")
    assert story.run.changes["steps.suspend#one"].undone
