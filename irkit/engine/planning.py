"""Planning one step: probe with a reader, let the action say what it would change, guard it."""

from irkit.actions.base import Action
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.context import Refusal
from irkit.engine.desk import Desk
from irkit.engine.leaves import DoLeaf
from irkit.engine.overriding import judged
from irkit.engine.own_bug import own_bug
from irkit.model.change import Change
from irkit.model.plan import PlannedStep


async def plan_step(desk: Desk, leaf: DoLeaf) -> None:
    """Draft the step of `leaf`, or record why it cannot be planned."""
    try:
        step = await judged(desk.context.guards, desk.run, await _planned(desk, leaf))
    except IrkitError as error:
        await not_planned(desk, leaf.path, error.diagnostics[0])
        return
    except Exception as error:  # noqa: BLE001  # one bad step must not end the others
        await not_planned(desk, leaf.path, own_bug(error))
        return
    if isinstance(step, Refusal):
        await refused(desk, leaf.path, step)
    else:
        desk.draft(leaf.phase, step, leaf.order)


async def refused(desk: Desk, path: str, refusal: Refusal) -> None:
    """Record that a guard refuses the step at `path`."""
    await desk.record(
        "guard.refused",
        {
            "step": path,
            "guard": refusal.guard,
            "code": refusal.code,
            "summary": refusal.summary,
            "help": refusal.help,
        },
    )


async def not_planned(desk: Desk, path: str, diagnostic: Diagnostic) -> None:
    """Record that the step at `path` cannot be planned."""
    await desk.record(
        "step.skipped",
        {
            "step": path,
            "outcome": "failed",
            "code": diagnostic.code,
            "why": diagnostic.summary,
            "help": diagnostic.help,
        },
    )


async def _planned(desk: Desk, leaf: DoLeaf) -> PlannedStep:
    spec = desk.context.catalogue[leaf.step.action]
    action = desk.context.build(leaf.step.action, leaf.arguments)
    assert isinstance(action, Action), f"{leaf.step.action} is done but is no change"
    await desk.context.connections.ensure(leaf.step.connection, spec.needs)
    readers = desk.context.connections.readers(leaf.step.connection, spec.needs)
    seen = await action.probe(readers)
    changes: tuple[Change, ...] = tuple(change.under(leaf.path) for change in action.plan(seen))
    already = () if changes else tuple(target.label for target in action.targets(seen))
    return PlannedStep(
        path=leaf.path,
        action=spec.id,
        version=spec.version,
        connection=leaf.step.connection or "",
        arguments=leaf.arguments,
        title=leaf.step.name or spec.summary,
        effect=spec.effect,
        reversal=spec.reversal,
        blast=spec.blast,
        because=leaf.step.because,
        changes=changes,
        already=already,
        overrides=desk.run.overrides.get(leaf.path, ()),
    )
