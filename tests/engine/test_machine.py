"""The machine: from a run and what is under way to what may be done now."""

from datetime import timedelta

import pytest
from engine_story import Story, planned, playbook

from irkit.engine.commands import (
    Apply,
    AskResolve,
    AwaitApproval,
    Close,
    Command,
    LookAgain,
    PlanNow,
    PlanUndo,
    Propose,
    Settle,
    Skip,
    Verify,
    WaitUntil,
)
from irkit.engine.machine import Moment, next_commands

CUT = """
  - do: okta.user.suspend
    with: {user: kai}
"""
PATH = "steps.suspend"
ONE = f"{PATH}#one"
TWO = f"{PATH}#two"


def commands(story: Story, **more: object) -> tuple[Command, ...]:
    """Ask the machine."""
    moment = Moment(run=story.run, walked=story.walk(), now=story.now, **more)  # type: ignore[arg-type]
    return next_commands(moment)


def cut(*names: str, need: int = 0) -> Story:
    """Return a story with one planned step of these changes."""
    story = Story(playbook(CUT))
    story.propose("steps", planned(PATH, *names), need=need)
    return story


def made(story: Story, change: str) -> None:
    """Record that a change was made."""
    story.tell("step.intent", change=change, attempt=1, resolved={"status": "SUSPENDED"})
    story.tell("step.result", change=change, outcome="changed")


def test_a_known_step_is_planned_then_proposed_then_waits() -> None:
    """Plan, propose, wait for approval, apply: in that order."""
    story = Story(playbook(CUT))
    assert [type(c) for c in commands(story)] == [PlanNow]
    drafted = {PATH: "steps"}
    moment = Moment(
        run=story.run,
        walked=story.walk(drafted=frozenset(drafted)),
        now=story.now,
        drafted=drafted,
    )
    assert next_commands(moment) == (Propose(phases=("steps",)),)
    story.propose("steps", planned(PATH, "one"), need=1)
    assert commands(story) == (AwaitApproval(part="steps"),)
    assert commands(story, approved=frozenset({"steps"})) == (Apply(change=ONE),)


def test_a_dry_run_never_applies() -> None:
    """With every approval there is, a dry moment yields nothing but looks and plans."""
    story = cut("one")
    assert commands(story, approved=frozenset({"steps"}), dry=True) == ()


def test_changes_of_a_step_follow_their_needs() -> None:
    """The second change waits until the first is verified."""
    story = cut("one", "two")
    approved = {"approved": frozenset({"steps"})}
    assert commands(story, **approved) == (Apply(change=ONE),)
    made(story, ONE)
    assert commands(story, **approved) == (Verify(change=ONE),)
    story.tell("step.verified", change=ONE, how="state")
    assert commands(story, **approved) == (Apply(change=TWO),)


def test_a_change_whose_need_failed_is_skipped() -> None:
    """What it stands on was not made, so it is not made either."""
    story = cut("one", "two")
    story.tell("step.drifted", change=ONE, planned={}, found={})
    (command,) = commands(story, approved=frozenset({"steps"}))
    assert isinstance(command, Skip)
    assert command.change == TWO


def test_an_intent_without_a_result_is_settled_after_its_wait() -> None:
    """A crash between intent and result: wait, then look; never send again blindly."""
    story = cut("one")
    story.tell("step.intent", change=ONE, attempt=1, resolved={})
    wait = {ONE: timedelta(seconds=10)}
    (command,) = commands(story, in_doubt_wait=wait)
    assert isinstance(command, WaitUntil)
    story.now += timedelta(seconds=10)
    assert commands(story, in_doubt_wait=wait) == (Settle(change=ONE),)


def test_a_change_in_flight_here_is_left_alone() -> None:
    """What this process is doing is neither settled nor started twice."""
    story = cut("one")
    story.tell("step.intent", change=ONE, attempt=1, resolved={})
    flying = frozenset({f"change {ONE}"})
    assert commands(story, flying=flying) == ()


def test_one_target_has_one_change_in_flight() -> None:
    """Another change of the same target waits for the one in doubt."""
    story = cut("one")
    other = planned("steps.other", "one")
    story.propose("steps+1", other)
    story.tell("step.intent", change=ONE, attempt=1, resolved={})
    story.tell("step.result", change=ONE, outcome="unknown")
    assert not any(isinstance(c, Apply) for c in commands(story, approved=frozenset({"steps"})))


@pytest.mark.parametrize(
    ("verdict", "expected"), [("applied", Verify), ("not_applied", Apply), ("unknown", AskResolve)]
)
def test_settling_adopts_retries_or_asks(verdict: str, expected: type) -> None:
    """What the look said decides what follows."""
    story = cut("one")
    story.tell("step.intent", change=ONE, attempt=1, resolved={})
    story.tell("step.settled", change=ONE, verdict=verdict, why="")
    (command,) = commands(story, approved=frozenset({"steps"}))
    assert isinstance(command, expected)


def test_paused_and_cancelled_runs_start_nothing_but_finish_what_began() -> None:
    """A made change is still verified; no other change begins; only a cancelled run closes."""
    story = cut("one", "two")
    made(story, ONE)
    story.tell("run.state", state="paused")
    assert commands(story, approved=frozenset({"steps"})) == (Verify(change=ONE),)
    story.tell("step.verified", change=ONE, how="state")
    assert commands(story, approved=frozenset({"steps"})) == ()
    story.tell("cancel.requested", why="enough")
    (command,) = commands(story, approved=frozenset({"steps"}))
    assert isinstance(command, Close)
    assert command.outcome == "cancelled"


def test_without_a_claim_a_verified_run_is_completed() -> None:
    """All planned changes verified and nothing claimed."""
    story = cut("one")
    made(story, ONE)
    story.tell("step.verified", change=ONE, how="state")
    (command,) = commands(story)
    assert isinstance(command, Close)
    assert command.outcome == "completed"


def watched() -> tuple[Story, dict[str, object]]:
    """Return a story whose cut is verified and whose playbook claims containment."""
    story = cut("one")
    made(story, ONE)
    story.tell("step.verified", change=ONE, how="state")
    looks = (timedelta(seconds=5), timedelta(seconds=30))
    return story, {"claims": True, "looks": looks}


def test_contained_is_said_only_after_the_last_look() -> None:
    """Each look is waited for; the last one with nothing lost earns the word."""
    story, claim = watched()
    (wait,) = commands(story, **claim)
    assert isinstance(wait, WaitUntil)
    story.now = wait.moment
    assert commands(story, **claim) == (LookAgain(index=0, last=False),)
    story.tell("hold.checked", look=0, last=False, lost=[], unknown=[], seats={})
    (wait,) = commands(story, **claim)
    assert isinstance(wait, WaitUntil)
    story.now = wait.moment
    assert commands(story, **claim) == (LookAgain(index=1, last=True),)
    story.tell("hold.checked", look=1, last=True, lost=[], unknown=[], seats={"s": "dead"})
    (command,) = commands(story, **claim)
    assert isinstance(command, Close)
    assert command.outcome == "contained"


@pytest.mark.parametrize(
    ("look", "more"),
    [
        ({"lost": [ONE], "unknown": [], "seats": {}}, {}),
        ({"lost": [], "unknown": [ONE], "seats": {}}, {}),
        ({"lost": [], "unknown": [], "seats": {"aws session": "alive"}}, {}),
        ({"lost": [], "unknown": [], "seats": {"aws session": "unknown"}}, {}),
        ({"lost": [], "unknown": [], "seats": {}}, {"residual": ("long_term_key",)}),
    ],
)
def test_anything_open_at_the_last_look_is_partial(
    look: dict[str, object], more: dict[str, object]
) -> None:
    """Lost, unreadable, a seat alive or unknown, residual access: never contained."""
    story, claim = watched()
    story.tell("hold.checked", look=0, last=False, lost=[], unknown=[], seats={})
    story.tell("hold.checked", look=1, last=True, **look)  # type: ignore[arg-type]
    (command,) = commands(story, **claim, **more)
    assert isinstance(command, Close)
    assert command.outcome == "partial"
    assert command.reasons


def test_a_later_cut_starts_the_watch_anew() -> None:
    """Looks before the last change do not count."""
    story, claim = watched()
    story.tell("hold.checked", look=0, last=False, lost=[], unknown=[], seats={})
    story.propose("steps+1", planned("steps.more", "one", target="00u2"))
    made(story, "steps.more#one")
    story.tell("step.verified", change="steps.more#one", how="state")
    (wait,) = commands(story, **claim)
    assert isinstance(wait, WaitUntil)
    story.now = wait.moment
    assert commands(story, **claim) == (LookAgain(index=0, last=False),)


def test_reassertion_makes_the_change_plannable_again() -> None:
    """A look that says so puts the change back to planned; the next intent is a new one."""
    story, _ = watched()
    story.tell("hold.checked", look=0, last=False, lost=[ONE], unknown=[], reassert=[ONE], seats={})
    assert commands(story, approved=frozenset({"steps"})) == (Apply(change=ONE),)


@pytest.mark.parametrize("word", ["failed read", "incomplete read", "failed step", "skipped step"])
def test_no_gap_is_ever_green(word: str) -> None:
    """A read that failed or was cut short, a step not planned or left out: not completed."""
    story = cut("one")
    made(story, ONE)
    story.tell("step.verified", change=ONE, how="state")
    match word:
        case "failed read":
            story.read("x", None, error="denied")
        case "incomplete read":
            story.read("x", [], complete=False, gaps=["eu-west-1"])
        case "failed step":
            story.tell("step.skipped", step="y", outcome="failed", why="not found")
        case _:
            story.tell("step.skipped", step="z", outcome="skipped", why="left out")
    (command,) = commands(story)
    assert isinstance(command, Close)
    assert command.outcome == "partial"


def test_undo_goes_one_after_the_other_and_past_a_refusal() -> None:
    """Reverse order is kept: the next one begins when the one before is at its end, good or bad."""
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
    made(story, "cut.suspend#one")
    story.tell("step.verified", change="cut.suspend#one", how="state")
    (undo,) = commands(story)
    assert isinstance(undo, PlanUndo)
    path = undo.leaf.path
    story.propose(
        "back",
        planned(f"{path}/last", "one", target="00u8"),
        planned(f"{path}/first", "one", target="00u9"),
    )
    approved = {"approved": frozenset({"back"})}
    assert commands(story, **approved) == (Apply(change=f"{path}/last#one"),)
    story.tell("step.drifted", change=f"{path}/last#one", planned={}, found={})
    assert commands(story, **approved) == (Apply(change=f"{path}/first#one"),)
