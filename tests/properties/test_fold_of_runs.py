"""The fold: whatever the order of valid records, a change is where its own records say it is."""

from collections.abc import Sequence

from change_life import ACTIVE, ASIDE, MOVES
from engine_story import START, StoryEntry, header, planned, playbook
from hypothesis import given
from hypothesis import strategies as st

from irkit.canonical import Json, canonical
from irkit.clock import rfc3339
from irkit.engine.leaves import UndoLeaf
from irkit.engine.undoing import _steps, made_changes
from irkit.model.fold import fold, take
from irkit.model.plan import Part, PartNeed, Plan
from irkit.model.playbook import UndoStep
from irkit.model.run import Run, Stage

BOOK = playbook("  - do: okta.user.suspend\n    with: {user: kai}\n")
UNDO = UndoStep(id="back", phases=("cut",))
CHANGES = tuple(f"cut.suspend#{name}" for name in ("one", "two", "three"))


def _entry(n: int, kind: str, **body: Json) -> StoryEntry:
    return StoryEntry(n, rfc3339(START), kind, body)


def _proposed() -> StoryEntry:
    step = planned("cut.suspend", "one", "two", "three")
    part = Part(id="cut", phase="cut", need=PartNeed(), steps=(step,))
    plan = Plan(header=header(BOOK), parts=(part,))
    return _entry(0, "plan.proposed", plan=b"".join(plan.chunks()).decode())


@st.composite
def _histories(draw: st.DrawFn) -> list[tuple[StoryEntry, dict[str, Stage]]]:
    """Return entries, each with the stages that hold after it."""
    stages = dict.fromkeys(CHANGES, Stage.PLANNED)
    told = [(_proposed(), dict(stages))]
    for n in range(1, draw(st.integers(1, 25)) + 1):
        able = [change for change in CHANGES if stages[change] in MOVES]
        moves = draw(st.booleans())
        if able and moves:
            change = draw(st.sampled_from(able))
            kind, body, stage = draw(st.sampled_from(MOVES[stages[change]]))
            stages[change] = stage
            told.append((_entry(n, kind, change=change, **body), dict(stages)))
        else:
            kind, body = draw(st.sampled_from(ASIDE))
            told.append((_entry(n, kind, **body), dict(stages)))
    return told


def _stages(run: Run) -> dict[str, Stage]:
    return {change: state.stage for change, state in run.changes.items()}


@given(_histories())
def test_a_change_is_where_its_own_records_say(told: list[tuple[StoryEntry, object]]) -> None:
    """After every record each change has the stage its history leads to, and no other moves."""
    run = Run(id="R")
    for entry, stages in told:
        take(run, entry)
        assert _stages(run) == stages


@given(_histories())
def test_a_change_in_flight_stays_until_somebody_knows(
    told: list[tuple[StoryEntry, object]],
) -> None:
    """Only a result, a settling or a person's word takes a change out of flight."""
    run = Run(id="R")
    for entry, _ in told:
        flying = {c for c, state in run.changes.items() if state.stage is Stage.IN_FLIGHT}
        take(run, entry)
        left = {change for change in flying if run.changes[change].stage is not Stage.IN_FLIGHT}
        assert not left or entry.type in {"step.result", "step.settled", "change.resolved"}
        assert left <= {entry.body.get("change")}


@given(_histories())
def test_active_are_those_past_their_intent(told: list[tuple[StoryEntry, object]]) -> None:
    """`active` is never out of step with the stages."""
    run = Run(id="R")
    for entry, _ in told:
        take(run, entry)
        assert set(run.active) == {c for c, stage in _stages(run).items() if stage in ACTIVE}


@given(_histories(), st.integers(0, 30))
def test_folding_in_two_goes_is_folding_once(
    told: list[tuple[StoryEntry, object]], cut: int
) -> None:
    """A process that takes a run over sees what the one before it saw."""
    entries = [entry for entry, _ in told]
    whole = fold(entries, "R")
    again = fold(entries[:cut], "R")
    for entry in entries[cut:]:
        take(again, entry)
    assert _facts(whole) == _facts(again)
    assert whole.count == len(entries)


def _facts(run: Run) -> Sequence[object]:
    states = [
        (s.change.id, s.stage, s.attempt, s.intent, s.made_n, s.why, s.request_ids, s.outputs)
        for s in run.changes.values()
    ]
    return (states, run.reads, run.asked, run.answers, run.looks, run.added, run.epoch, run.count)


@given(st.permutations(CHANGES), st.sets(st.sampled_from(CHANGES)))
def test_undo_takes_back_in_reverse(order: list[str], made: set[str]) -> None:
    """The last change made is taken back first, and nothing that was not made."""
    entries = [_proposed()]
    for change in order:
        if change in made:
            entries.append(_entry(len(entries), "step.intent", change=change, resolved={"s": 1}))
            entries.append(_entry(len(entries), "step.result", change=change, outcome="changed"))
    run = fold(entries, "R")
    taken = [state.change.id for state in made_changes(run, ())]
    assert taken == [change for change in reversed(order) if change in made]


@given(st.sets(st.sampled_from(CHANGES)))
def test_undo_restores_what_was_before_where_it_is_as_left(made: set[str]) -> None:
    """The undo's before is what the change left, its after what the change found."""
    entries = [_proposed()]
    for change in CHANGES:
        if change in made:
            entries += [
                _entry(len(entries), "step.intent", change=change, resolved={"status": change}),
                _entry(len(entries) + 1, "step.result", change=change, outcome="changed"),
            ]
    run = fold(entries, "R")
    states = made_changes(run, ("cut",))
    leaf = UndoLeaf(path="back", phase="back", step=UNDO, ready=True, planned=False)
    undone = [step.changes[0] for step in _steps(leaf, states)]
    seen: set[str] = set()
    for state, back in zip(states, undone, strict=True):
        assert canonical(back.before) == canonical({"status": state.change.id})
        assert back.after == state.change.before
        assert set(back.needs) <= seen, "what needed it is taken back before it"
        seen.add(back.id)
