"""The walk: what is found at which point of a playbook, given what is known."""

from datetime import timedelta

import pytest
from engine_story import Story, planned, playbook

from irkit.engine.leaves import (
    DoLeaf,
    End,
    FailedLeaf,
    ManualLeaf,
    ReadLeaf,
    UndoLeaf,
    UnknownLeaf,
    WaitLeaf,
)

LOOK_THEN_CUT = """
  - phase: Look
    steps:
      - read: okta.user.get
        with: {user: kai}
        as: user
  - phase: Cut
    steps:
      - do: okta.user.suspend
        with: {user: "{{ user.id }}"}
"""


def test_a_read_with_known_arguments_is_found_first() -> None:
    """Nothing is known, so the read is to be made and what uses it is unknown."""
    walked = Story(playbook(LOOK_THEN_CUT)).walk()
    assert [type(leaf) for leaf in walked.leaves] == [ReadLeaf, UnknownLeaf]
    assert walked.leaves[0].path == "look.get"
    assert walked.phases == {"look": End.OPEN, "cut": End.OPEN}


def test_a_change_is_looked_at_ahead_but_not_ready() -> None:
    """A phase that needs an unfinished one may be planned, not carried out."""
    steps = """
  - phase: First
    steps:
      - manual: Call the user.
        to: ir-lead
        within: 5m
  - phase: Cut
    steps:
      - do: okta.user.suspend
        with: {user: kai}
"""
    leaves = Story(playbook(steps)).walk().leaves
    assert isinstance(leaves[0], ManualLeaf)
    assert isinstance(leaves[1], DoLeaf)
    assert not leaves[1].ready


def test_what_a_read_answered_is_used_and_the_change_is_ready() -> None:
    """The recorded answer is bound, and the next phase may act."""
    story = Story(playbook(LOOK_THEN_CUT))
    story.read("look.get", {"id": "00u1"})
    walked = story.walk()
    (leaf,) = walked.leaves
    assert isinstance(leaf, DoLeaf)
    assert leaf.ready
    assert leaf.arguments == {"user": "00u1"}
    assert walked.phases["look"] is End.DONE


def test_a_read_after_a_change_on_the_same_provider_is_unknown() -> None:
    """What an unmade change would affect is not read in its place."""
    steps = """
  - do: okta.user.suspend
    with: {user: kai}
  - read: okta.user.get
    with: {user: kai}
    as: user
  - read: aws.federation.trace
    with: {account: "111122223333"}
    as: sessions
"""
    leaves = Story(playbook(steps)).walk().leaves
    assert [type(leaf) for leaf in leaves] == [DoLeaf, UnknownLeaf, ReadLeaf]


def test_a_read_after_a_change_that_is_not_known_yet_waits_for_it() -> None:
    """A check of what a loop will have done is not made before anybody knows what it loops over."""
    steps = """
  - phase: Look
    steps:
      - read: okta.user.get
        with: {user: kai}
        as: user
  - phase: Cut
    steps:
      - for_each: {group: user.groups}
        when_empty: ok
        steps:
          - do: okta.user.suspend
            with: {user: "{{ group }}"}
  - phase: Check
    steps:
      - read: okta.user.get
        with: {user: kai}
        as: still
"""
    leaves = Story(playbook(steps)).walk().leaves
    assert [type(leaf) for leaf in leaves] == [ReadLeaf, UnknownLeaf, UnknownLeaf]
    assert leaves[2].path == "check.get"


def test_a_phase_without_the_need_is_not_held_up() -> None:
    """A phase that needs only the trace goes on while the door is not closed."""
    steps = """
  - phase: Trace
    background: true
    steps:
      - read: aws.federation.trace
        with: {account: "111122223333"}
        as: sessions
  - phase: Close
    steps:
      - do: okta.user.suspend
        with: {user: kai}
  - phase: Contain
    needs: [Trace]
    steps:
      - do: aws.iam_role.deny_session
        for_each: {session: sessions}
        with: {role: "{{ session.role }}"}
"""
    story = Story(playbook(steps))
    story.read("trace.trace", [{"role": "r1"}, {"role": "r2"}])
    leaves = [leaf for leaf in story.walk().leaves if isinstance(leaf, DoLeaf)]
    assert [leaf.phase for leaf in leaves] == ["close", "contain", "contain"]
    assert [leaf.ready for leaf in leaves] == [True, True, False], "concurrency is 1 by default"


def test_the_key_of_an_item_depends_on_the_item_alone() -> None:
    """A list that grows in front leaves the other items' paths as they were."""
    steps = """
  - do: aws.iam_role.deny_session
    for_each: {session: inputs.sessions}
    with: {role: "{{ session.role }}"}
"""
    story = Story(playbook(steps))
    story.tell("targets.resolved", inputs={"sessions": [{"role": "b"}]}, labels={})
    before = {leaf.path for leaf in story.walk().leaves}
    story.tell("targets.resolved", inputs={"sessions": [{"role": "a"}, {"role": "b"}]}, labels={})
    after = {leaf.path for leaf in story.walk().leaves}
    assert before < after


def test_a_failed_change_stops_its_sequence_and_what_needs_it() -> None:
    """The rest of the phase is not reached, and a phase that needs it fails with it."""
    steps = """
  - phase: Cut
    steps:
      - do: okta.user.suspend
        with: {user: kai}
      - do: okta.user.suspend
        with: {user: lee}
  - phase: After
    steps:
      - read: okta.user.get
        with: {user: kai}
"""
    story = Story(playbook(steps))
    story.propose("cut", planned("cut.suspend", "one"))
    story.tell("step.intent", part="p", change="cut.suspend#one", attempt=1, resolved={})
    story.tell("step.result", change="cut.suspend#one", outcome="failed", error="no")
    walked = story.walk()
    assert walked.phases == {"cut": End.FAILED, "after": End.FAILED}
    assert all(isinstance(leaf, FailedLeaf) for leaf in walked.leaves)


def test_on_error_continue_goes_on_and_is_partial() -> None:
    """A step that may fail does not stop the ones after it, and is not forgotten."""
    steps = """
  - do: okta.user.suspend
    with: {user: kai}
    on_error: continue
  - manual: Look at it.
    to: ir-lead
    within: 5m
"""
    story = Story(playbook(steps))
    story.propose("steps", planned("steps.suspend", "one"))
    story.tell("step.drifted", change="steps.suspend#one", planned={}, found={})
    assert any(isinstance(leaf, ManualLeaf) for leaf in story.walk().leaves)
    manual = next(leaf.path for leaf in story.walk().leaves if isinstance(leaf, ManualLeaf))
    story.tell("answer", step=manual, values={}, silent=False, by="alice")
    assert story.walk().phases["steps"] is End.PARTIAL


def test_a_rescued_block_is_partial_never_done() -> None:
    """Rescue runs after a failure and the block ends partial."""
    steps = """
  - for_each: {user: inputs.users}
    steps:
      - do: okta.user.suspend
        with: {user: "{{ user }}"}
    rescue:
      - manual: "By hand: {{ error.summary }}"
        to: ir-lead
        within: 5m
"""
    story = Story(playbook(steps))
    story.tell("targets.resolved", inputs={"users": ["kai"]}, labels={})
    path = story.walk().leaves[0].path
    story.propose("steps", planned(path, "one"))
    story.tell("step.drifted", change=f"{path}#one", planned={}, found={})
    manual = next(leaf for leaf in story.walk().leaves if isinstance(leaf, ManualLeaf))
    assert manual.text == "By hand: it is no longer as planned"
    story.tell("answer", step=manual.path, values={}, silent=False, by="alice")
    assert story.walk().phases["steps"] is End.PARTIAL


def test_an_unanswered_if_is_unknown_and_then_the_branch_is_walked() -> None:
    """A branch depends on an answer: unknown before, known after; undo waits to be reached."""
    steps = """
  - phase: Cut
    steps:
      - do: okta.user.suspend
        with: {user: kai}
  - phase: Ask
    steps:
      - manual: Was it theirs?
        to: ir-lead
        within: 30m
        ask: {theirs: bool}
        as: answer
      - if: answer.theirs
        then:
          - undo: [Cut]
"""
    story = Story(playbook(steps))
    story.propose("cut", planned("cut.suspend", "one"))
    assert [type(leaf) for leaf in story.walk().leaves] == [DoLeaf, UnknownLeaf, UnknownLeaf]
    story.tell("step.intent", change="cut.suspend#one", attempt=1, resolved={})
    story.tell("step.result", change="cut.suspend#one", outcome="changed")
    story.tell("step.verified", change="cut.suspend#one", how="state")
    manual = next(leaf.path for leaf in story.walk().leaves if isinstance(leaf, ManualLeaf))
    story.tell("answer", step=manual, values={"theirs": True}, silent=False, by="alice")
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, UndoLeaf)
    assert leaf.ready
    assert not leaf.planned


def test_silence_stops_or_goes_on_as_written() -> None:
    """Nobody answered: `if_silent` decides."""
    for word, end in (("stop", End.FAILED), ("continue", End.DONE)):
        steps = f"""
  - manual: Call.
    to: ir-lead
    within: 5m
    if_silent: {word}
"""
        story = Story(playbook(steps))
        path = story.walk().leaves[0].path
        story.tell("answer", step=path, values={}, silent=True, by="")
        assert story.walk().phases["steps"] is end


def test_first_holds_the_others_back_until_it_is_good() -> None:
    """`first: 1` lets one item go, and the rest only when it is verified."""
    steps = """
  - do: okta.user.suspend
    for_each: {user: inputs.users}
    concurrency: 8
    first: 1
    with: {user: "{{ user }}"}
"""
    story = Story(playbook(steps))
    story.tell("targets.resolved", inputs={"users": ["a", "b", "c"]}, labels={})
    leaves = [leaf for leaf in story.walk().leaves if isinstance(leaf, DoLeaf)]
    assert [leaf.ready for leaf in leaves] == [True, False, False]
    path = leaves[0].path
    story.propose("steps", planned(path, "one"))
    story.tell("step.intent", change=f"{path}#one", attempt=1, resolved={})
    story.tell("step.result", change=f"{path}#one", outcome="changed")
    story.tell("step.verified", change=f"{path}#one", how="state")
    leaves = [leaf for leaf in story.walk().leaves if isinstance(leaf, DoLeaf)]
    assert [leaf.ready for leaf in leaves] == [True, True]


def test_a_repeat_waits_between_rounds_and_ends() -> None:
    """Each round has its own paths; the next begins `every` after the last answer."""
    steps = """
  - repeat: {until: "user.status == 'SUSPENDED'", at_most: 2, every: 30s}
    steps:
      - read: okta.user.get
        with: {user: kai}
        as: user
"""
    story = Story(playbook(steps))
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, ReadLeaf)
    story.read(leaf.path, {"status": "ACTIVE"})
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, WaitLeaf)
    story.now = leaf.until + timedelta(seconds=1)
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, ReadLeaf)
    story.read(leaf.path, {"status": "ACTIVE"})
    walked = story.walk()
    assert isinstance(walked.leaves[-1], FailedLeaf)
    assert walked.phases["steps"] is End.FAILED


@pytest.mark.parametrize(("when_empty", "end"), [("ok", End.DONE), ("stop", End.FAILED)])
def test_an_empty_loop_is_what_was_written(when_empty: str, end: End) -> None:
    """Nothing to do is fine only where the playbook says so."""
    steps = f"""
  - do: okta.user.suspend
    for_each: {{user: inputs.users}}
    when_empty: {when_empty}
    with: {{user: "{{{{ user }}}}"}}
"""
    story = Story(playbook(steps))
    story.tell("targets.resolved", inputs={"users": []}, labels={})
    assert story.walk().phases["steps"] is end


def test_a_failed_read_names_itself_and_stops_only_what_uses_it() -> None:
    """In a loop of reads the others' answers are there, and the run cannot be whole."""
    steps = """
  - phase: Trace
    steps:
      - read: aws.federation.trace
        for_each: {account: inputs.accounts}
        flatten: true
        with: {account: "{{ account }}"}
        as: sessions
  - phase: Contain
    steps:
      - do: aws.iam_role.deny_session
        for_each: {session: sessions}
        with: {role: "{{ session.role }}"}
"""
    story = Story(playbook(steps))
    story.tell("targets.resolved", inputs={"accounts": ["1", "2"]}, labels={})
    story.read("trace.trace[1]", [{"role": "r1"}])
    story.read("trace.trace[2]", None, error="access denied")
    walked = story.walk()
    assert walked.phases["trace"] is End.PARTIAL
    (leaf,) = walked.leaves
    assert isinstance(leaf, DoLeaf)
    assert leaf.arguments == {"role": "r1"}


def test_require_stops_with_its_message() -> None:
    """A false requirement says what to do next."""
    steps = """
  - require: inputs.count > 0
    say: "Nothing to do: found {{ inputs.count }}"
"""
    story = Story(playbook(steps))
    story.tell("targets.resolved", inputs={"count": 0}, labels={})
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, FailedLeaf)
    assert leaf.why == "Nothing to do: found 0"


def test_what_uses_a_failed_read_fails_and_does_not_wait_for_ever() -> None:
    """A single read that failed is lost: its user fails, others go on, and planning anew helps."""
    story = Story(playbook(LOOK_THEN_CUT))
    story.read("look.get", None, error="no answer")
    walked = story.walk()
    assert walked.phases == {"look": End.PARTIAL, "cut": End.FAILED}
    (leaf,) = walked.leaves
    assert isinstance(leaf, FailedLeaf)
    assert "no answer" in leaf.why
    story.tell("step.replanned", step="look.get")
    assert isinstance(story.walk().leaves[0], ReadLeaf)
