"""The machine: given a run and what is under way, what may be done now. Pure.

It knows no clock, randomness, environment, network or log: the moment is passed in. The runner
carries its commands out and asks again; every decision about order, approval, doubt, watching and
ending is made here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from irkit.engine.commands import (
    Apply,
    Ask,
    AskResolve,
    AwaitApproval,
    CheckNow,
    Close,
    Command,
    LookAgain,
    PlanNow,
    PlanUndo,
    Propose,
    ReadNow,
    Settle,
    Skip,
    Verify,
    WaitUntil,
    WriteReport,
)
from irkit.engine.leaves import (
    CheckLeaf,
    DoLeaf,
    End,
    Leaf,
    ManualLeaf,
    ReadLeaf,
    ReportLeaf,
    UndoLeaf,
    WaitLeaf,
    Walked,
)
from irkit.engine.outcome import judge
from irkit.model.change import ChangeId
from irkit.model.run import ChangeState, Run, Stage

WATCHING: Final = "cut, watching"
"""Why a run waits when only the looks of its hold are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """All that the machine may know.

    `flying` are the keys of commands under way in this process, `drafted` the paths planned but
    not proposed (with the phase each belongs to), `approved` the parts whose quorum is reached.
    `looks` are the offsets of the hold's looks after the last change. `in_doubt_wait` is how long
    an interrupted change is left alone before a look is trusted, by change.
    """

    run: Run
    walked: Walked
    now: datetime
    flying: frozenset[str] = frozenset()
    drafted: Mapping[str, str] = field(default_factory=dict)
    approved: frozenset[str] = frozenset()
    claims: bool = False
    residual: tuple[str, ...] = ()
    looks: tuple[timedelta, ...] = ()
    in_doubt_wait: Mapping[ChangeId, timedelta] = field(default_factory=dict)
    dry: bool = False


def next_commands(moment: Moment) -> tuple[Command, ...]:
    """Return every command that may be carried out now, those under way left out."""
    found = list(_looking(moment))
    if not moment.dry:
        found += _acting(moment)
        if not found and not moment.flying:
            found += _ending(moment)
    fresh = {command.key: command for command in found if command.key not in moment.flying}
    return tuple(fresh.values())


def _looking(moment: Moment) -> Iterator[Command]:
    """Reads and plans may go on at any time; a phase whose steps are all planned is proposed."""
    busy: set[str] = set()
    for leaf in moment.walked.leaves:
        match leaf:
            case ReadLeaf():
                busy.add(leaf.phase)
                yield ReadNow(leaf=leaf)
            case DoLeaf() if not leaf.planned:
                busy.add(leaf.phase)
                yield PlanNow(leaf=leaf)
            case UndoLeaf() if not leaf.planned:
                busy.add(leaf.phase)
                yield PlanUndo(leaf=leaf)
            case _:
                pass
    phases = dict.fromkeys(moment.drafted.values())
    ready = tuple(phase for phase in phases if phase not in busy)
    if ready and (not moment.dry or not busy):
        yield Propose(phases=ready)


def _acting(moment: Moment) -> Iterator[Command]:
    yield from _unfinished(moment)
    if moment.run.cancelled or moment.run.paused:
        return
    busy = _busy_targets(moment)
    for leaf in moment.walked.leaves:
        match leaf:
            case DoLeaf() if leaf.ready and leaf.path in moment.run.steps:
                yield from _step(moment, leaf.path, busy)
            case UndoLeaf() if leaf.ready:
                yield from _next_undo(moment, leaf, busy)
            case _:
                yield from _other(moment, leaf)


def _next_undo(moment: Moment, leaf: UndoLeaf, busy: set[str]) -> Iterator[Command]:
    """Undo goes one change after the other; one that is refused does not keep the next from it."""
    for path, (_, step) in moment.run.steps.items():
        if not path.startswith(f"{leaf.path}/"):
            continue
        if any(not moment.run.changes[change.id].stage.terminal for change in step.changes):
            yield from _step(moment, path, busy)
            return


def _other(moment: Moment, leaf: Leaf) -> Iterator[Command]:
    match leaf:
        case CheckLeaf():
            yield CheckNow(leaf=leaf)
        case ManualLeaf():
            yield from _manual(moment, leaf)
        case ReportLeaf():
            yield WriteReport(leaf=leaf)
        case WaitLeaf() if leaf.until > moment.now:
            yield WaitUntil(moment=leaf.until, why=f"{leaf.path}: next round")
        case _:
            pass


def _busy_targets(moment: Moment) -> set[str]:
    """Return the targets with a change in flight or in doubt: one at a time for each."""
    busy = {
        state.change.target.key
        for state in moment.run.active.values()
        if state.stage is not Stage.MADE
    }
    for key in moment.flying:
        state = moment.run.changes.get(key.removeprefix("change "))
        if state is not None:
            busy.add(state.change.target.key)
    return busy


def _unfinished(moment: Moment) -> Iterator[Command]:
    """Changes past their intent are followed up whatever else happens."""
    for change, state in moment.run.active.items():
        match state.stage:
            case Stage.IN_FLIGHT | Stage.IN_DOUBT if f"change {change}" not in moment.flying:
                yield from _doubt(moment, state)
            case Stage.ASK:
                yield AskResolve(change=change)
            case Stage.MADE:
                yield Verify(change=change)
            case _:
                pass


def _doubt(moment: Moment, state: ChangeState) -> Iterator[Command]:
    assert state.intent_at is not None
    wait = moment.in_doubt_wait.get(state.change.id, timedelta(0))
    if moment.now < state.intent_at + wait:
        yield WaitUntil(moment=state.intent_at + wait, why=f"{state.change.id} is in doubt")
    else:
        yield Settle(change=state.change.id)


def _step(moment: Moment, path: str, busy: set[str]) -> Iterator[Command]:
    part, step = moment.run.steps[path]
    states = [moment.run.changes[change.id] for change in step.changes]
    planned = [state for state in states if state.stage is Stage.PLANNED]
    if planned and part not in moment.approved:
        yield AwaitApproval(part=part)
        return
    for state in planned:
        needs = [moment.run.changes[need].stage for need in state.change.needs]
        if any(need.terminal and not need.good for need in needs):
            yield Skip(change=state.change.id, why="a change it needs was not made")
        elif all(need.good for need in needs) and state.change.target.key not in busy:
            busy.add(state.change.target.key)
            yield Apply(change=state.change.id)


def _manual(moment: Moment, leaf: ManualLeaf) -> Iterator[Command]:
    if leaf.until is not None and leaf.until > moment.now:
        why = f"{leaf.path} waits for {leaf.step.to}"
        yield WaitUntil(moment=leaf.until, why=why, who=leaf.step.to)
    else:
        yield Ask(leaf=leaf)


def _ending(moment: Moment) -> Iterator[Command]:
    """Nothing can be done and nothing is under way: watch, then close."""
    run = moment.run
    if run.paused and not run.cancelled:
        return
    if not run.cancelled and not (moment.walked.ended and moment.walked.always is not End.OPEN):
        return
    if not run.cancelled and moment.claims:
        look = _next_look(moment)
        if look is not None:
            yield look
            return
    judged = judge(run, moment.walked, claims=moment.claims, residual=moment.residual)
    yield Close(outcome=judged.outcome, reasons=judged.reasons)


def _next_look(moment: Moment) -> Command | None:
    """Return the look that is due, or the wait for it.

    Looks are counted from the last change made: a later cut starts the watch anew. A last look that
    found something new is not the last one.
    """
    made = [state.made_at for state in moment.run.changes.values() if state.made_at]
    if not made or not moment.looks:
        return None
    base = max(made)
    looks = [look for look in moment.run.looks if look.at > base]
    done = len(looks)
    if done < len(moment.looks):
        due = base + moment.looks[done]
    elif not looks[-1].last:
        due = looks[-1].at + moment.looks[0]
    else:
        return None
    if moment.now < due:
        return WaitUntil(moment=due, why=WATCHING)
    return LookAgain(index=done, last=done >= len(moment.looks) - 1)
