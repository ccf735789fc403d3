"""Verification: read back until the change shows, or until it should have shown."""

from datetime import datetime, timedelta

import anyio

from irkit.actions.base import Applied, Read, Readers, Verdict
from irkit.canonical import Json, thaw
from irkit.diagnostics import IrkitError
from irkit.engine.applying import state_now
from irkit.engine.desk import Desk
from irkit.engine.leaves import CheckLeaf
from irkit.lang.expressions import evaluate
from irkit.model.change import Change
from irkit.model.run import ChangeState


async def verify_change(desk: Desk, change: str) -> None:
    """Read a made change back until it holds or its time is over; record which."""
    state = desk.state(change)
    assert state.made_at is not None
    deadline = max(state.made_at, desk.now()) + desk.visible_within(state)
    while True:
        holds, found, why = await _holds(desk, state)
        if holds or desk.now() >= deadline:
            break
        await anyio.sleep(desk.context.pace.verify_every.total_seconds())
    seconds = _seconds(desk.now(), state.made_at)
    body: dict[str, Json] = {"change": change, "how": "state", "milliseconds": seconds}
    if holds:
        await desk.record("step.verified", body)
    else:
        await desk.record("step.verify_failed", {**body, "found": found, "why": why})


async def _holds(desk: Desk, state: ChangeState) -> tuple[bool, Json, str]:
    try:
        verdict = await own_verdict(desk, state)
        if verdict is not None:
            return verdict is Verdict.HOLDS, None, f"its own verification says {verdict}"
        _, _, found = await state_now(desk, state)
    except IrkitError as error:
        return False, None, f"could not be read: {error.diagnostics[0].summary}"
    return found == thaw(state.resolved), found, "it does not show"


async def own_verdict(desk: Desk, state: ChangeState) -> Verdict | None:
    """Ask the action itself, for changes whose state cannot be observed."""
    if state.step.undoes:
        return None
    action = desk.action(state.step)
    needs = desk.context.catalogue[state.step.action].needs
    readers = desk.context.connections.readers(state.step.connection or None, needs)
    return await action.verify(made(state), Applied(outputs=state.outputs), readers)


def made(state: ChangeState) -> Change:
    """Return the change as it was made, with its late values filled."""
    return Change(
        id=state.change.id,
        target=state.change.target,
        verb=state.change.verb,
        before=state.change.before,
        after=state.resolved,
        saved=state.change.saved,
        needs=state.change.needs,
    )


async def check_now(desk: Desk, leaf: CheckLeaf) -> None:
    """Make a playbook's own verification until it holds or its time is over; record which."""
    started = desk.now()
    deadline = started + leaf.check.within
    read = desk.context.build(leaf.check.action, leaf.arguments)
    assert isinstance(read, Read), f"{leaf.check.action} is no read"
    needs = desk.context.catalogue[leaf.check.action].needs
    readers = desk.context.connections.readers(leaf.check.connection, needs)
    while True:
        holds, why = await _expected(leaf, read, readers)
        if holds or desk.now() >= deadline:
            break
        await anyio.sleep(desk.context.pace.verify_every.total_seconds())
    body: dict[str, Json] = {
        "step": leaf.path,
        "how": "check",
        "milliseconds": _seconds(desk.now(), started),
    }
    if holds:
        await desk.record("step.verified", body)
    else:
        await desk.record("step.verify_failed", {**body, "why": why})


async def _expected(leaf: CheckLeaf, read: Read, readers: Readers) -> tuple[bool, str]:
    try:
        answer = await read.read(readers)
        scope = {**leaf.scope, "result": answer.value}
        holds = bool(evaluate(leaf.check.expect, scope))
    except IrkitError as error:
        return False, error.diagnostics[0].summary
    return holds, f"{leaf.check.expect.source} does not hold: the answer is {answer.value!r}"


def _seconds(end: datetime, start: datetime) -> int:
    return int((end - start) / timedelta(milliseconds=1))
