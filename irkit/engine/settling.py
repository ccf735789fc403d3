"""Settling: find out by looking what became of an interrupted change. Never by repeating it."""

from dataclasses import replace

import anyio

from irkit.canonical import Json, thaw
from irkit.diagnostics import IrkitError
from irkit.engine.applying import state_now
from irkit.engine.desk import Desk
from irkit.model.run import ChangeState
from irkit.model.spec import Effect

_PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)


async def settle(desk: Desk, change: str) -> None:
    """Look at the target until it answers, then record what the look says."""
    state = desk.state(change)
    for attempt in range(len(_PAUSES) + 1):
        try:
            verdict, outputs, why = await _look(desk, state)
        except IrkitError:
            await anyio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
            continue
        spent = state.refused or state.attempt >= desk.context.pace.attempts
        give_up = verdict == "not_applied" and spent
        await desk.record(
            "step.settled",
            {
                "intent": state.intent,
                "change": change,
                "verdict": verdict,
                "outputs": outputs,
                "why": _given_up(state, why) if give_up else why,
                "give_up": give_up,
            },
        )
        return


def _given_up(state: ChangeState, why: str) -> str:
    if state.refused:
        return f"{why}: {state.why}"
    return f"{why}; given up after {state.attempt} attempts"


async def _look(desk: Desk, state: ChangeState) -> tuple[str, dict[str, Json], str]:
    action, seen, found = await state_now(desk, state)
    change = replace(state.change, after=state.resolved)
    if found == thaw(state.resolved):
        adopted = action.adopt(change, seen)
        return "applied", dict(adopted.outputs), "found made"
    if action.resumable(change, seen):
        return "not_applied", {}, "found half made; it goes on from there"
    if found == thaw(state.change.before):
        if state.step.effect is Effect.UNSAFE:
            return "unknown", {}, "a look cannot tell whether it happened"
        return "not_applied", {}, "found not made"
    return "unknown", {}, "it is neither as before nor as planned"
