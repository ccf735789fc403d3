"""What may be said of a run at its end: `contained` is earned, and everything less has a reason."""

from dataclasses import dataclass, field

import pytest
from engine_story import Story, planned, playbook

from irkit.canonical import Json
from irkit.engine.leaves import End, FailedLeaf, Leaf, Walked
from irkit.engine.outcome import Judgement, judge

CUT = "cut.suspend"


@dataclass
class Ended:
    """A run of two changes that has come to its end."""

    leaves: tuple[Leaf, ...] = ()
    phases: dict[str, End] = field(default_factory=lambda: {"cut": End.DONE})
    always: End = End.DONE
    claims: bool = True
    residual: tuple[str, ...] = ()
    story: Story = field(
        default_factory=lambda: Story(
            playbook("  - do: okta.user.suspend\n    with: {user: kai}\n")
        )
    )

    def __post_init__(self) -> None:
        """Plan two changes."""
        self.story.propose("cut", planned(CUT, "one"), planned(f"{CUT}2", "two"))

    def made(self, change: str, *, holds: bool = True) -> None:
        """Make a change and verify it."""
        tell = self.story.tell
        tell("step.intent", change=change, attempt=1, resolved={})
        tell("step.result", change=change, outcome="changed")
        if holds:
            tell("step.verified", change=change, how="state")
        else:
            tell("step.verify_failed", change=change, how="state", why="it does not show")

    def both(self) -> None:
        """Make both changes."""
        self.made(f"{CUT}#one")
        self.made(f"{CUT}2#two")

    def look(self, *, last: bool = True, **more: Json) -> None:
        """Record a look of the hold."""
        body: dict[str, Json] = {"lost": [], "unknown": [], "seats": {}, **more}
        self.story.tell("hold.checked", look=0, last=last, **body)

    def judged(self) -> Judgement:
        """Judge it."""
        walked = Walked(leaves=self.leaves, phases=self.phases, always=self.always, outputs={})
        return judge(self.story.run, walked, claims=self.claims, residual=self.residual)


def test_everything_verified_and_watched_to_the_end_is_contained() -> None:
    """All of it together earns the word."""
    run = Ended()
    run.both()
    run.look(seats={"console": "dead"})
    assert run.judged() == Judgement(outcome="contained")


def test_without_the_claim_it_is_completed() -> None:
    """A playbook that does not claim containment never says it."""
    run = Ended(claims=False)
    run.both()
    assert run.judged() == Judgement(outcome="completed")


def test_what_was_so_already_needs_no_watch() -> None:
    """Nothing was written, so nothing can be lost."""
    run = Ended()
    for change in (f"{CUT}#one", f"{CUT}2#two"):
        run.story.tell("step.skipped", change=change, outcome="already", why="so already")
    assert run.judged() == Judgement(outcome="contained")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"lost": [f"{CUT}#one"]}, f"lost again: {CUT}#one"),
        ({"unknown": [f"{CUT}#one"]}, f"cannot be read: {CUT}#one"),
        ({"seats": {"console": "alive"}}, "seat console is alive"),
        ({"seats": {"console": "unknown"}}, "seat console is unknown"),
        ({"last": False}, "the watch was not finished"),
    ],
)
def test_what_the_watch_found_prevents_it(more: dict[str, Json], reason: str) -> None:
    """A lost change, an unreadable one, a seat that is not dead, or a watch cut short."""
    run = Ended()
    run.both()
    run.look(**more)  # type: ignore[arg-type]
    assert run.judged() == Judgement(outcome="partial", reasons=(reason,))


def test_no_watch_at_all_prevents_it() -> None:
    """Verification alone is not containment."""
    run = Ended()
    run.both()
    assert run.judged().reasons == ("the watch was not finished",)


def test_residual_access_prevents_it() -> None:
    """What the intruder may still hold is named."""
    run = Ended(residual=("long-term key",))
    run.both()
    run.look()
    assert run.judged() == Judgement(outcome="partial", reasons=("residual access: long-term key",))


def test_one_change_that_does_not_hold_makes_it_partial() -> None:
    """The reason names the change, its stage and why."""
    run = Ended()
    run.made(f"{CUT}#one")
    run.made(f"{CUT}2#two", holds=False)
    judged = run.judged()
    assert judged.outcome == "partial"
    assert judged.reasons == (f"{CUT}2#two: unverified (it does not show)",)


def test_nothing_made_at_all_is_failed() -> None:
    """Where no change came about, there is nothing partial about it."""
    run = Ended()
    for change in (f"{CUT}#one", f"{CUT}2#two"):
        run.story.tell("step.drifted", change=change, planned={}, found={})
    assert run.judged().outcome == "failed"


def test_a_change_that_was_written_counts_though_it_does_not_show() -> None:
    """Something was done, so the run is partial and not failed."""
    run = Ended()
    for change in (f"{CUT}#one", f"{CUT}2#two"):
        run.made(change, holds=False)
    assert run.judged().outcome == "partial"


def test_a_change_that_was_so_already_counts() -> None:
    """One goal holds and the other does not: that is partial, too."""
    run = Ended()
    run.story.tell("step.skipped", change=f"{CUT}#one", outcome="already", why="so already")
    run.story.tell("step.drifted", change=f"{CUT}2#two", planned={}, found={})
    assert run.judged().outcome == "partial"


def test_everything_refused_is_refused() -> None:
    """Guards stopped all of it."""
    run = Ended()
    for change in (f"{CUT}#one", f"{CUT}2#two"):
        run.story.tell("guard.refused", change=change, code="IRK303", summary="too many")
    judged = run.judged()
    assert judged.outcome == "refused"
    assert len(judged.reasons) == 2


def test_a_cancelled_run_says_who_wanted_that_first() -> None:
    """Cancelling outweighs all else, and what else is wrong is still said."""
    run = Ended()
    run.made(f"{CUT}#one")
    run.story.tell("cancel.requested", why="false alarm")
    judged = run.judged()
    assert judged.outcome == "cancelled"
    assert judged.reasons == ("false alarm", f"{CUT}2#two: planned ()")


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("step.read", {"step": "look", "error": "denied"}, "look: denied"),
        (
            "step.read",
            {"step": "look", "complete": False, "gaps": ["eu-west-1"]},
            "look: incomplete: eu-west-1",
        ),
        ("step.verify_failed", {"step": CUT, "how": "check"}, f"{CUT}: its check did not hold"),
        ("guard.refused", {"step": "cut.x", "summary": "protected"}, "cut.x: protected"),
        (
            "step.skipped",
            {"step": "cut.x", "outcome": "skipped", "why": "by hand"},
            "cut.x: left out: by hand",
        ),
    ],
)
def test_whatever_went_wrong_beside_the_changes_is_a_reason(
    kind: str, body: dict[str, Json], reason: str
) -> None:
    """A failed or short read, a check that did not hold, a step refused or left out."""
    run = Ended()
    run.both()
    run.look()
    run.story.tell(kind, **body)
    assert run.judged() == Judgement(outcome="partial", reasons=(reason,))


def test_a_failed_step_is_a_reason() -> None:
    """What the walk found failed is said with its path."""
    run = Ended(leaves=(FailedLeaf(path="cut.require", phase="cut", why="no users"),))
    run.both()
    assert run.judged().reasons == ("cut.require: no users",)


def test_a_rescued_phase_is_partial_though_nothing_else_is_wrong() -> None:
    """A phase that did not end well is itself the reason."""
    run = Ended(phases={"cut": End.PARTIAL})
    run.both()
    run.look()
    assert run.judged() == Judgement(outcome="partial", reasons=("cut: partial",))


def test_an_undone_change_is_not_held_against_the_run() -> None:
    """What was taken back on purpose is no failure."""
    run = Ended()
    run.both()
    run.look()
    run.story.run.changes[f"{CUT}#one"].undone = True
    assert run.judged().outcome == "contained"
