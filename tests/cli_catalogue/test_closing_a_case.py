"""What holds a case open, judged over its runs together."""

from datetime import UTC, datetime

from irkit.cli.closing import held_open, left_undone
from irkit.model.change import Change, Target
from irkit.model.plan import PlannedStep
from irkit.model.run import ChangeState, Look, Run, Stage
from irkit.model.spec import Blast, Effect, Reversal

AT = datetime(2026, 11, 24, 3, tzinfo=UTC)


def make_run(
    name: str, *stages: Stage, seats: dict[str, str] | None = None, outcome: str = "completed"
) -> Run:
    """Return a run that suspended users, one a stage, and looked at seats once."""
    run = Run(id=name, outcome=outcome, requester="alice@acme", undoes="")
    for index, stage in enumerate(stages):
        target = Target(kind="okta.user", tenant="okta:00o", id=f"00u{index}", label=f"u{index}")
        change = Change(id=f"c{index}", target=target, verb="suspend", before=None, after=None)
        step = PlannedStep(
            path=f"s{index}",
            action="okta.user.suspend",
            version=1,
            connection="okta",
            arguments={},
            title="Suspend",
            effect=Effect.PROBEABLE,
            reversal=Reversal.EXACT,
            blast=Blast.PRINCIPAL,
            changes=(change,),
        )
        run.changes[change.id] = ChangeState(
            change=change, step=step, part="p", phase="p", part_digest="", stage=stage
        )
    if seats is not None:
        run.looks.append(Look(at=AT, index=1, lost=(), unknown=(), added=0, seats=seats, last=True))
    return run


def test_a_finished_case_is_not_held() -> None:
    """Verified changes and dead seats leave nothing open."""
    assert held_open([make_run("R1", Stage.VERIFIED, seats={"s": "dead"})], {}) == ()


def test_a_run_that_is_not_over_holds() -> None:
    """Whatever its changes are, a run under way is open."""
    found = held_open([make_run("R1", Stage.VERIFIED, outcome="")], {})
    assert ["not over" in item.what for item in found] == [True]


def test_alive_and_unknown_seats_hold() -> None:
    """Unknown is not dead."""
    found = held_open([make_run("R1", seats={"a": "alive", "b": "unknown", "c": "dead"})], {})
    assert [item.what for item in found] == [
        "the intruder's a is ALIVE",
        "the intruder's b is UNKNOWN",
    ]


def test_a_later_run_that_saw_the_seat_dead_settles_it() -> None:
    """Each seat is judged by the last look at it in any run."""
    runs = [make_run("R1", seats={"a": "alive"}), make_run("R2", seats={"a": "dead"})]
    assert held_open(runs, {}) == ()
    assert held_open(runs[::-1], {})


def test_what_nobody_knows_holds_until_a_later_run_made_it() -> None:
    """A change in doubt or not read back is settled by the same change, verified later."""
    for stage in (Stage.IN_DOUBT, Stage.ASK, Stage.UNVERIFIED, Stage.MADE):
        runs = [make_run("R1", stage, outcome="partial"), make_run("R2", Stage.VERIFIED)]
        assert held_open(runs[:1], {})
        assert held_open(runs, {}) == ()


def test_a_change_that_was_lost_holds() -> None:
    """Somebody took it back: the case is not over."""
    run = make_run("R1", Stage.VERIFIED)
    run.changes["c0"].lost = True
    assert "took it back" in held_open([run], {})[0].what


def test_a_run_that_was_undone_holds_nothing() -> None:
    """What a later run took back on purpose is no longer asked for."""
    undone = make_run("R1", Stage.UNVERIFIED, outcome="partial")
    back = make_run("R2", Stage.VERIFIED)
    back.undoes = "R1"
    back.changes.clear()
    assert held_open([undone, back], {}) == ()


def test_an_undo_leaves_seats_unknown() -> None:
    """What it took back had held them down, and nobody has looked since."""
    contained = make_run("R1", Stage.VERIFIED, seats={"a": "dead"})
    back = make_run("R2", Stage.VERIFIED)
    back.undoes = "R1"
    assert [item.what for item in held_open([contained, back], {})] == [
        "the intruder's a is UNKNOWN"
    ]
    again = make_run("R3", Stage.VERIFIED, seats={"a": "dead"})
    assert held_open([contained, back, again], {}) == ()
    planned = make_run("R2", Stage.REFUSED)
    planned.undoes = "R1"
    assert held_open([contained, planned], {}) == ()


def test_somebody_who_acted_alone_holds_until_confirmed() -> None:
    """An unconfirmed break-glass approval names the person."""
    found = held_open([make_run("R1")], {"R1": ("alice@acme",)})
    assert "alice@acme" in found[0].what
    assert held_open([make_run("R1")], {"R1": ()}) == ()


def test_what_failed_is_left_undone_and_said() -> None:
    """A known failure does not hold the case; it is written down at its closing."""
    run = make_run("R1", Stage.FAILED, outcome="partial")
    assert held_open([run], {}) == ()
    assert [line.startswith("R1: failed: ") for line in left_undone([run])] == [True]
