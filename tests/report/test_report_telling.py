"""The line of each record: its mark, its word, and what is added to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from golden_story import AROUND, told
from lapsus_run import (
    BOB,
    CAROL,
    RUN,
    Script,
    added,
    contained_run,
    make,
    opened,
    send,
)

from irkit.canonical import Json
from irkit.model.plan import PartNeed
from irkit.model.playbook import Phase, Playbook
from irkit.report.line import Line
from irkit.report.mark import Mark
from irkit.report.sentences import mark_of, numbers, state_words, verdict
from irkit.report.story import surroundings_of
from irkit.report.story_model import Figures, Story
from irkit.report.telling import tell

SUSPEND = "close-the-door.suspend#suspend"
DENY = "contain-aws.for-each.deny_session[1111]#deny"


def _script() -> Script:
    script = Script()
    opened(script)
    return script


def _line(script: Script, kind: str, body: Mapping[str, Json]) -> Line:
    script.add(kind, body)
    line = tell(script.records[-1], script.run)
    assert line is not None
    return line


@pytest.mark.parametrize(
    ("kind", "body", "mark", "word", "notes"),
    [
        (
            "step.skipped",
            {"change": SUSPEND, "outcome": "already", "why": "it is so already"},
            Mark.GOOD,
            "already so",
            ("it is so already",),
        ),
        (
            "step.skipped",
            {"change": SUSPEND, "outcome": "skipped", "why": "a change it needs was not made"},
            Mark.WAIT,
            "not made",
            ("a change it needs was not made",),
        ),
        (
            "step.skipped",
            {"step": "contain-aws.x", "outcome": "failed", "why": "no such role"},
            Mark.BAD,
            "NOT PLANNED",
            ("no such role",),
        ),
        (
            "step.skipped",
            {"step": "contain-aws.x", "outcome": "skipped", "why": "not ours"},
            Mark.WAIT,
            "left out",
            ("not ours",),
        ),
        (
            "step.skipped",
            {"step": "contain-aws.x", "outcome": "already", "why": "nobody is left"},
            Mark.GOOD,
            "already so",
            ("nobody is left",),
        ),
        (
            "change.resolved",
            {"change": SUSPEND, "decision": "applied", "by": BOB, "why": "seen in the console"},
            Mark.STEP,
            "decided",
            ("applied", f"by {BOB}", "seen in the console"),
        ),
        ("step.replanned", {"step": "contain-aws.x"}, Mark.STEP, "plan again", ()),
        ("targets.added", {"step": "s", "targets": ["i-1", "i-2"]}, Mark.WAIT, "added", ()),
        ("report.written", {"step": "r", "file": "a.html"}, Mark.GOOD, "report", ()),
        ("breakglass.confirmed", {"by": CAROL}, Mark.GOOD, "confirmed", (f"by {CAROL}",)),
        ("run.state", {"state": "paused"}, Mark.STEP, "paused", ()),
        ("cancel.requested", {"why": "false alarm"}, Mark.WAIT, "cancelling", ()),
        ("run.stopped", {"why": "Ctrl-C"}, Mark.WAIT, "STOPPED", ()),
        ("step.verified", {"step": "s", "how": "check"}, Mark.GOOD, "check holds", ()),
        ("step.verify_failed", {"step": "s", "how": "check"}, Mark.BAD, "CHECK FAILED", ()),
        (
            "guard.refused",
            {"step": "s", "code": "IRK301", "summary": "too many"},
            Mark.BAD,
            "REFUSED",
            ("IRK301 too many",),
        ),
        ("run.closed", {"outcome": "completed"}, Mark.GOOD, "COMPLETED", ()),
        ("run.closed", {"outcome": "failed"}, Mark.BAD, "FAILED", ()),
    ],
)
def test_record_is_told_as(
    kind: str, body: Mapping[str, Json], mark: Mark, word: str, notes: tuple[str, ...]
) -> None:
    """Each record has its mark, its word and its notes."""
    line = _line(_script(), kind, body)
    assert (line.mark, line.word, line.notes) == (mark, word, notes)


def test_break_glass_asks_for_a_second_person() -> None:
    """Acting alone is told with the command that closes it."""
    line = _line(_script(), "breakglass.used", {"by": BOB, "reason": "nobody else awake"})
    assert line.word == "BREAK-GLASS"
    assert line.command.startswith(f"irkit approve {RUN} --confirm-breakglass")


def test_change_that_does_not_show_is_told_with_its_delay() -> None:
    """A read-back that fails says how much later it was and why."""
    script = _script()
    send(script, SUSPEND)
    script.add("step.result", {"change": SUSPEND, "outcome": "changed"})
    line = _line(script, "step.verify_failed", {"change": SUSPEND, "why": "it does not show"})
    assert (line.mark, line.word) == (Mark.BAD, "NOT AS PLANNED")
    assert line.notes == ("1.0 s later", "it does not show")


@pytest.mark.parametrize(
    ("found", "note"),
    [
        ({"policies": {}}, "policies.base no longer has"),
        ({"policies": {"base": {"Version": "2012-10-17"}, "x": 1}}, "policies.x now has 1"),
        ({"policies": {"base": {"Version": "9"}}}, "planned from 2012-10-17, found 9"),
    ],
)
def test_drift_says_what_was_found_instead(found: Json, note: str) -> None:
    """The line of a drift names the place, what was planned and what is there."""
    line = _line(_script(), "step.drifted", {"change": DENY, "found": found})
    assert any(note in said for said in line.notes)


def test_second_attempt_is_counted() -> None:
    """A call that is sent again says which attempt it is."""
    script = _script()
    send(script, SUSPEND)
    script.add("step.result", {"change": SUSPEND, "outcome": "retry"})
    body: dict[str, Json] = {"change": SUSPEND, "attempt": 2}
    assert _line(script, "step.intent", body).notes == ("attempt 2",)


@pytest.mark.parametrize(
    ("body", "word", "mark"),
    [
        ({"lost": [], "unknown": [SUSPEND]}, "not readable", Mark.UNKNOWN),
        ({"lost": ["gone#x"], "unknown": []}, "LOST AGAIN", Mark.BAD),
        ({"lost": [], "unknown": [], "added": 2}, "still holds", Mark.GOOD),
    ],
)
def test_looks_of_the_hold(body: Mapping[str, Json], word: str, mark: Mark) -> None:
    """A look that cannot read is not one at which everything holds."""
    script = _script()
    make(script, SUSPEND)
    line = _line(script, "hold.checked", {"look": 1, "seats": {}, **body})
    assert (line.word, line.mark) == (word, mark)


def test_part_that_needs_nobody_is_offered_without_a_command() -> None:
    """Where no approval is needed, none is asked for."""
    script = _script()
    part = replace(script.run.parts["close-the-door"], id="more", need=PartNeed(valid_s=60))
    line = _line(script, "plan.extended", added(part))
    assert (line.mark, line.command) == (Mark.STEP, "")


def _with(story: Story, state: str, **figures: int) -> Story:
    return replace(story, state=state, figures=replace(story.figures, **figures))


@pytest.mark.parametrize(
    ("state", "start"),
    [
        ("contained", "All 7 planned changes were made and read back, and they held"),
        ("completed", "All 7 planned changes were made and read back. Containment was not claimed"),
        ("holding", "What was planned is cut. The watch is not over"),
        ("cancelled", "Somebody ended it."),
        ("refused", "Guards refused all of it, and nothing was changed."),
        ("in_doubt", "It is not known whether a change was made."),
        ("waiting", "It is not over."),
        ("failed", "7 of 7 planned changes are in place"),
    ],
)
def test_verdict_says_no_more_than_the_state(state: str, start: str) -> None:
    """Each state has its sentence."""
    assert verdict(_with(told(contained_run()), state)).startswith(start)


@pytest.mark.parametrize(
    ("alive", "unknown", "dead", "said"),
    [
        (1, 2, 0, "The intruder still has 1 seat alive."),
        (0, 2, 1, "Whether 2 seats of the intruder still work is not known."),
        (0, 0, 3, "Every one of the 3 known seats of the intruder is dead."),
    ],
)
def test_verdict_ends_with_the_worst_of_the_seats(
    alive: int, unknown: int, dead: int, said: str
) -> None:
    """Alive is said before unknown, and unknown before dead."""
    story = _with(
        told(contained_run()),
        "partial",
        seats_alive=alive,
        seats_unknown=unknown,
        seats_dead=dead,
    )
    assert verdict(story).endswith(said)


def test_verdict_without_seats_says_nothing_of_them() -> None:
    """Where no seat is known, none is called dead."""
    story = _with(told(contained_run()), "contained", seats_alive=0, seats_unknown=0, seats_dead=0)
    assert "seat" not in verdict(story)


def test_numbers_of_nothing_are_not_zero() -> None:
    """What was not reached is said so, and is no number."""
    nothing = Figures(
        first_cut_s=None,
        all_cut_s=None,
        total_s=None,
        changes=0,
        good=0,
        approvals=0,
        longest_wait_s=None,
        seats_alive=0,
        seats_unknown=0,
        seats_dead=0,
    )
    assert [value for _, value, _ in numbers(nothing)] == [
        "not reached",
        "not reached",
        "0 of 0",
        "none yet",
        "none known",
    ]


@pytest.mark.parametrize("state", ["partial", "failed", "refused", "cancelled", "odd"])
def test_no_bad_or_unheard_of_outcome_gets_a_tick(state: str) -> None:
    """Only contained and completed are good."""
    assert mark_of(state) is Mark.BAD
    assert state_words("in_doubt") == "IN DOUBT"


def test_names_and_goals_come_from_the_playbook() -> None:
    """A phase is told by its name and measured against its own goal."""
    playbook = Playbook(
        id="p",
        title="t",
        version="1.0.0",
        about="",
        phases=(
            Phase(id="close-the-door", name="Door", steps=(), goal=timedelta(minutes=5)),
            Phase(id="contain-aws", name="AWS", steps=()),
        ),
    )
    around = surroundings_of(playbook, AROUND)
    assert around.names == {"close-the-door": "Door", "contain-aws": "AWS"}
    assert around.goals_s == {"close-the-door": 300}
    assert (around.org, around.trail) == (AROUND.org, AROUND.trail)
