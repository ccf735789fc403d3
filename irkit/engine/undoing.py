"""Undo: plan what takes back the changes a run really made, last one first.

Only what this run wrote is taken back, each from its recorded state: the undo's *before* is what
the change left, so that a target somebody changed since is refused as drift. What cannot come back
(ended sessions, deleted tokens) is listed, not tried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from irkit.actions.load import load
from irkit.actions.one_way import OneWay
from irkit.canonical import thaw
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.commands import PlanUndo
from irkit.engine.context import Refusal
from irkit.engine.desk import Desk
from irkit.engine.leaves import UndoLeaf
from irkit.engine.overriding import judged
from irkit.engine.own_bug import own_bug
from irkit.engine.planning import not_planned, refused
from irkit.model.change import Change
from irkit.model.plan import PlannedStep
from irkit.model.run import ChangeState, Run


def made_changes(run: Run, phases: tuple[str, ...]) -> list[ChangeState]:
    """Return the changes of `phases` (none named: all) this run made, the last one first."""
    made = [
        state
        for state in run.changes.values()
        if state.stage.written
        and not state.undone
        and not state.step.undoes
        and (not phases or state.phase in phases)
    ]
    return sorted(made, key=lambda state: state.made_n, reverse=True)


def can_undo(state: ChangeState) -> bool:
    """Say whether the change's action has a way back."""
    return not issubclass(load(state.step.action), OneWay)


async def plan_undo(desk: Desk, command: PlanUndo) -> None:
    """Draft one step for every change to be taken back, each after the one before it.

    Guards judge each as they judge any step. What is planned already, or could not be, is left as
    it is, unless somebody let it be planned again.
    """
    leaf = command.leaf
    run = desk.context.undone or desk.run
    states = [
        state
        for state in made_changes(run, leaf.step.phases)
        if not isinstance(desk.action(state.step), OneWay)
    ]
    if not states:
        await desk.record(
            "step.skipped",
            {"step": leaf.path, "outcome": "already", "why": "there is nothing to take back"},
        )
        return
    told = {*desk.run.steps, *desk.run.failed_steps, *desk.run.skipped_steps, *desk.drafted}
    refusals: dict[str, Refusal | Diagnostic] = {}
    for index, step in enumerate(_steps(leaf, states)):
        if step.path in told:
            continue
        found = await _allowed(desk, step, refusals)
        if isinstance(found, PlannedStep):
            desk.draft(leaf.phase, found, (index,))
        else:
            refusals[step.path] = found
    for path, refusal in refusals.items():
        if isinstance(refusal, Refusal):
            await refused(desk, path, refusal)
        else:
            await not_planned(desk, path, refusal)


async def _allowed(
    desk: Desk, step: PlannedStep, refusals: Mapping[str, object]
) -> PlannedStep | Refusal | Diagnostic:
    """Return the step if it may go, with the guards it overrides; else why not."""
    (change,) = step.changes
    if any(need in refusals or need in desk.run.failed_steps for need in change.needs):
        return Diagnostic(
            code="IRK329",
            summary=f"{change.target.label} stays: what was built on it is not taken back",
            help=f"when that is settled: irkit replan {desk.run.id}",
        )
    asked = replace(step, overrides=desk.run.overrides.get(step.path, ()))
    try:
        return await judged(desk.context.guards, desk.run, asked)
    except IrkitError as error:
        return error.diagnostics[0]
    except Exception as error:  # noqa: BLE001  # one bad step must not end the others
        return own_bug(error)


def _steps(leaf: UndoLeaf, states: list[ChangeState]) -> Iterator[PlannedStep]:
    """Yield the undo steps; a change that others needed is taken back after them."""
    ids = {state.change.id: f"{leaf.path}/{state.change.id}" for state in states}
    for state in states:
        dependants = [s.change.id for s in states if state.change.id in s.change.needs]
        change = Change(
            id=ids[state.change.id],
            target=state.change.target,
            verb=f"undo {state.change.verb}",
            before=thaw(state.resolved),
            after=thaw(state.change.before),
            saved=state.change.saved,
            needs=tuple(ids[dependant] for dependant in dependants),
        )
        yield replace(
            state.step,
            path=f"{leaf.path}/{state.change.id}",
            title=f"take back: {state.step.title}",
            changes=(change,),
            already=(),
            undoes=state.change.id,
            because="",
        )
