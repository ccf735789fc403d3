"""The walk through groups: calls, parallel branches, waves of items, and one phase alone."""

from engine_story import Story, planned, playbook

from irkit.engine.leaves import DoLeaf, End, ManualLeaf, ReadLeaf, UnknownLeaf

CALLED = """
  - read: okta.user.get
    with: {user: "{{ inputs.who }}"}
    as: user
  - do: okta.user.suspend
    with: {user: "{{ user.id }}"}
"""
CALLING = """
  - call: cut-one
    with: {who: "{{ inputs.suspect }}"}
    as: done
  - manual: "Suspended {{ done.id }}"
    to: ir-lead
    within: 5m
"""


def calling() -> Story:
    """Return a story of a playbook that calls another one."""
    inner = playbook(CALLED, outputs='{id: "{{ user.id }}"}')
    story = Story(playbook(CALLING), calls={"cut-one": inner})
    story.tell("targets.resolved", inputs={"suspect": "kai", "secret": "x"}, labels={})
    return story


def test_a_called_playbook_sees_only_what_it_is_given() -> None:
    """Its arguments are its inputs; its paths stand under the call."""
    story = calling()
    read, *_ = story.walk().leaves
    assert isinstance(read, ReadLeaf)
    assert read.path == "steps.cut-one/steps.get"
    assert read.arguments == {"user": "kai"}


def test_only_outputs_come_back_from_a_call() -> None:
    """When the called playbook is done, its outputs are bound and the caller goes on."""
    story = calling()
    story.read("steps.cut-one/steps.get", {"id": "00u1"})
    path = "steps.cut-one/steps.suspend"
    (leaf, _) = story.walk().leaves
    assert isinstance(leaf, DoLeaf)
    assert leaf.path == path
    story.propose("steps", planned(path, "one"))
    story.tell("step.intent", change=f"{path}#one", attempt=1, resolved={})
    story.tell("step.result", change=f"{path}#one", outcome="changed")
    story.tell("step.verified", change=f"{path}#one", how="state")
    (manual,) = story.walk().leaves
    assert isinstance(manual, ManualLeaf)
    assert manual.text == "Suspended 00u1"


def test_a_failed_call_fails_its_caller() -> None:
    """What fails inside stops the caller's sequence."""
    story = calling()
    story.read("steps.cut-one/steps.get", {"id": "00u1"})
    story.tell("step.skipped", step="steps.cut-one/steps.suspend", outcome="failed", why="no")
    assert story.walk().phases["steps"] is End.FAILED


PARALLEL = """
  - parallel:
      - do: okta.user.suspend
        with: {user: kai}
      - do: aws.iam_role.deny_session
        with: {role: r1}
  - manual: Both are done.
    to: ir-lead
    within: 5m
"""


def test_parallel_branches_are_ready_together() -> None:
    """No branch waits for another; what comes after waits for all."""
    leaves = Story(playbook(PARALLEL)).walk().leaves
    assert [leaf.ready for leaf in leaves if isinstance(leaf, DoLeaf)] == [True, True]
    assert isinstance(leaves[-1], UnknownLeaf)


def test_a_failed_branch_fails_the_group_after_all_have_finished() -> None:
    """The other branch is still found: it finishes, and then the group has failed."""
    story = Story(playbook(PARALLEL))
    first, second, _ = story.walk().leaves
    story.tell("step.skipped", step=first.path, outcome="failed", why="no")
    found = [leaf for leaf in story.walk().leaves if isinstance(leaf, DoLeaf)]
    assert [leaf.path for leaf in found] == [second.path]
    story.propose("steps", planned(second.path, "one"))
    change = f"{second.path}#one"
    story.tell("step.intent", change=change, attempt=1, resolved={})
    story.tell("step.result", change=change, outcome="changed")
    story.tell("step.verified", change=change, how="state")
    assert story.walk().phases["steps"] is End.FAILED


def test_waves_go_on_only_when_the_wave_before_is_good() -> None:
    """`first: 1, then: 50%` of five items: one, then two, then the rest."""
    steps = """
  - do: okta.user.suspend
    for_each: {user: inputs.users}
    concurrency: 8
    first: 1
    then: 50%
    with: {user: "{{ user }}"}
"""
    story = Story(playbook(steps))
    story.tell("targets.resolved", inputs={"users": list("abcde")}, labels={})
    leaves = [leaf for leaf in story.walk().leaves if isinstance(leaf, DoLeaf)]
    story.propose("steps", *(planned(leaf.path, "one", target=leaf.path) for leaf in leaves))
    ready: list[int] = []
    for _ in range(3):
        now = [leaf.path for leaf in story.walk().leaves if isinstance(leaf, DoLeaf) and leaf.ready]
        ready.append(len(now))
        for path in now:
            story.tell("step.intent", change=f"{path}#one", attempt=1, resolved={})
            story.tell("step.result", change=f"{path}#one", outcome="changed")
            story.tell("step.verified", change=f"{path}#one", how="state")
    assert ready == [1, 2, 2]
    assert story.walk().phases["steps"] is End.DONE


def test_only_one_phase_reads_everything_and_changes_its_own() -> None:
    """With `--only`, other phases make their reads and nothing else."""
    steps = """
  - phase: Look
    steps:
      - read: okta.user.get
        with: {user: kai}
        as: user
  - phase: Close
    steps:
      - do: okta.user.suspend
        with: {user: "{{ user.id }}"}
  - phase: Contain
    steps:
      - do: aws.iam_role.deny_session
        with: {role: "{{ user.id }}"}
"""
    story = Story(playbook(steps))
    story.tell("run.opened", mode="drill", requester="dana", only="contain")
    assert [type(leaf) for leaf in story.walk().leaves] == [ReadLeaf, UnknownLeaf]
    story.read("look.get", {"id": "00u1"})
    (leaf,) = story.walk().leaves
    assert isinstance(leaf, DoLeaf)
    assert leaf.phase == "contain"
    assert leaf.ready
