"""Making one change: look again, guard, intend, send, record. In that order, always.

The intent is durable before the call leaves. Drift and refusal come before an intent and never
after one. What the call came to is recorded as it is: a definite failure, a safe retry, or doubt.

A call that got no answer may come through after a look has found nothing: late, from a process
that is dead. So where an earlier call of the same change has no answer, a target that is as planned
was changed by this run, and a refusal may be about the second call only: it is doubt, to be settled
by a look.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import anyio

from irkit.actions.base import Action, Applied, Readers, Seen, Writers
from irkit.canonical import Json, thaw
from irkit.diagnostics import IrkitError
from irkit.engine.commands import Skip
from irkit.engine.desk import Desk
from irkit.engine.target_lock import target_lock
from irkit.model.change import LATE, Change, fill_late, is_late
from irkit.model.owners import reaches_members
from irkit.model.plan import PlannedStep
from irkit.model.run import ChangeState, Stage
from irkit.model.spec import Spec
from irkit.providers.call import CallError, Outcome, Purpose

_BACKOFF = 0.5
_LONGEST_BACKOFF = 30.0


async def apply_change(desk: Desk, change: str) -> None:
    """Carry one change from planned to its result, or say why it is not made."""
    state = desk.state(change)
    async with target_lock(desk.context.locks, state.change.target.key):
        await _in_turn(desk, state)
    if state.stage is Stage.PLANNED and state.attempt:
        await anyio.sleep(min(_BACKOFF * 2**state.attempt, _LONGEST_BACKOFF))


async def _in_turn(desk: Desk, state: ChangeState) -> None:
    """Wait for the rate limit first: what is seen, allowed and intended must not age in a queue."""
    spec = desk.context.catalogue[state.step.action]
    try:
        writers = desk.context.connections.writers(
            state.step.connection or None, spec.needs, _purpose(desk, state, spec)
        )
    except IrkitError as error:
        await _not_now(desk, state, error)
        return
    await writers.take_turns()
    try:
        if await _cleared(desk, state):
            await _send(desk, state, writers)
    finally:
        writers.give_turns_back()


def _purpose(desk: Desk, state: ChangeState, spec: Spec) -> Purpose:
    """Name what uses one endpoint of one tenant each time, and all it may do."""
    undoing = "undo " if state.step.undoes else ""
    tenant = state.change.target.tenant
    return Purpose(
        name=f"{undoing}{spec.id}: {state.change.verb} in {tenant}",
        rights=desk.rights(state.part, spec, tenant),
    )


async def skip_change(desk: Desk, command: Skip) -> None:
    """Record that a change is not made."""
    await desk.record(
        "step.skipped", {"change": command.change, "outcome": "skipped", "why": command.why}
    )


async def _cleared(desk: Desk, state: ChangeState) -> bool:
    """Look again: drift, goal already reached, guards, approval. Record whatever stops it."""
    change = state.change
    if not await _version_holds(desk, state):
        return False
    action = desk.action(state.step)
    try:
        seen = await action.probe(_readers(desk, state))
        found = thaw(action.state(seen, change.target))
    except IrkitError as error:
        return await _not_now(desk, state, error)
    if await _is_so(desk, state, action, seen, found):
        return False
    begun = state.intent_at is not None  # else what looks half made is somebody else's
    if found != thaw(change.before) and not (begun and action.resumable(change, seen)):
        await desk.record(
            "step.drifted",
            {"change": change.id, "planned": thaw(change.before), "found": found},
        )
        return False
    try:
        return await _allowed(desk, state, _reaching_now(state, action, seen))
    except IrkitError as error:
        return await _not_now(desk, state, error)


async def _is_so(desk: Desk, state: ChangeState, action: Action, seen: Seen, found: Json) -> bool:
    """Say whether the target is as planned already, and record who made it so."""
    change = state.change
    if state.unanswered and found == thaw(state.resolved):
        adopted = action.adopt(replace(change, after=state.resolved), seen)
        await desk.record(
            "step.settled",
            {
                "intent": state.intent,
                "change": change.id,
                "verdict": "applied",
                "outputs": dict(adopted.outputs),
                "why": "found made: what was sent before came through late",
            },
        )
        return True
    if has_late(change.after) or found != thaw(change.after):
        return False
    await desk.record(
        "step.skipped", {"change": change.id, "outcome": "already", "why": "it is so already"}
    )
    return True


async def _not_now(desk: Desk, state: ChangeState, error: IrkitError) -> bool:
    """A look that failed: nothing is written; a passing fault is tried again, a no is a no."""
    definite = isinstance(error, CallError) and error.outcome is Outcome.REJECTED
    attempts = state.attempt + 1
    if definite or attempts >= desk.context.pace.attempts:
        problem = error.diagnostics[0]
        await desk.record(
            "step.skipped",
            {
                "change": state.change.id,
                "outcome": "skipped",
                "why": f"could not look: {problem.summary}",
                "help": problem.help,
            },
        )
    else:
        state.attempt = attempts
    return False


async def _version_holds(desk: Desk, state: ChangeState) -> bool:
    installed = desk.context.catalogue[state.step.action].version
    if installed == state.step.version or desk.run.accept_versions:
        return True
    await desk.record(
        "guard.refused",
        {
            "change": state.change.id,
            "guard": "version",
            "code": "IRK607",
            "summary": (
                f"{state.step.action} was planned with version {state.step.version}, "
                f"and version {installed} is installed"
            ),
            "help": f"irkit resume {desk.run.id} --accept-version",
        },
    )
    return False


def _reaching_now(state: ChangeState, action: Action, seen: Seen) -> PlannedStep:
    """Return the step with whom its change would reach now: a group may have got members since.

    What is written, and what undo starts from, is the change as it was planned and signed.
    """
    step, planned = state.step, state.change
    if step.undoes or not reaches_members(planned.target):
        return step
    found = (change.under(step.path) for change in action.plan(seen))
    saved = next((change.saved for change in found if change.id == planned.id), planned.saved)
    changes = (replace(c, saved=saved) if c.id == planned.id else c for c in step.changes)
    return replace(step, changes=tuple(changes))


async def _allowed(desk: Desk, state: ChangeState, step: PlannedStep) -> bool:
    refusal = await desk.context.guards.refusal(desk.run, step, before_write=True)
    if refusal is None:
        return state.part in desk.context.consent.approved(desk.run, desk.now())
    await desk.record(
        "guard.refused",
        {
            "change": state.change.id,
            "guard": refusal.guard,
            "code": refusal.code,
            "summary": refusal.summary,
            "help": refusal.help,
        },
    )
    return False


@dataclass(frozen=True, slots=True)
class _Sent:
    outcome: str
    applied: Applied
    error: str = ""
    help: str = ""
    status: int = 0
    refused: bool = False


async def _send(desk: Desk, state: ChangeState, writers: Writers) -> None:
    context = desk.context
    now = context.connections.provider_now(state.change.target.tenant)
    results = {need: desk.state(need).outputs for need in state.change.needs}
    moment = _next_second(now)
    resolved = fill_late(state.change.after, moment, results)
    intent = await desk.record(
        "step.intent",
        {
            "part": state.part_digest,
            "change": state.change.id,
            "digest": state.change.digest,
            "attempt": state.attempt + 1,
            "resolved": thaw(resolved),
            "approvals": list(context.consent.approvals(desk.run, state.part, desk.now())),
        },
    )
    started = time.monotonic()
    change = replace(state.change, after=resolved)
    sent = await _outcome(lambda: _call(desk, state, change, writers))
    give_up = sent.outcome == "retry" and state.attempt >= context.pace.attempts
    if sent.outcome == "failed" and state.unanswered:
        sent = replace(sent, outcome="unknown", refused=True)
    body: dict[str, Json] = {
        "intent": intent,
        "change": state.change.id,
        "outcome": "failed" if give_up else sent.outcome,
        "status": sent.status,
        "request_ids": list(sent.applied.request_ids),
        "duration_ms": int((time.monotonic() - started) * 1000),
        "outputs": thaw(sent.applied.outputs),
    }
    if sent.error:
        body |= {"error": sent.error, "help": sent.help}
    if sent.refused:
        body["refused"] = True
    await desk.record("step.result", body)


def _next_second(moment: datetime) -> str:
    """Return the next whole second: providers count in seconds, and a cut-off must cover now."""
    whole = moment.replace(microsecond=0) + timedelta(seconds=1)
    return whole.isoformat().replace("+00:00", "Z")


async def _call(desk: Desk, state: ChangeState, change: Change, writers: Writers) -> Applied:
    action = desk.action(state.step)
    readers = _readers(desk, state)
    if not state.step.undoes:
        return await action.apply(change, readers, writers)
    original, applied = original_of(desk, state)
    return await action.undo(original, applied, readers, writers)


async def _outcome(call: Callable[[], Awaitable[Applied]]) -> _Sent:
    """Map what a call came to onto what may be recorded: never success for an error."""
    try:
        applied = await call()
    except CallError as error:
        match error.outcome:
            case Outcome.REJECTED:
                outcome = "failed"
            case Outcome.THROTTLED | Outcome.NOT_SENT:
                outcome = "retry"
            case _:
                outcome = "unknown"
        ids = (error.request_id,) if error.request_id else ()
        problem = error.diagnostics[0]
        applied = Applied(request_ids=ids)
        return _Sent(outcome, applied, problem.summary, problem.help, error.status)
    except IrkitError as error:
        problem = error.diagnostics[0]
        return _Sent("unknown", Applied(), problem.summary, problem.help)
    except Exception as error:  # noqa: BLE001  # after the intent every surprise is doubt
        return _Sent("unknown", Applied(), f"{type(error).__name__}: {error}")
    return _Sent("changed", applied, status=applied.status)


def original_of(desk: Desk, state: ChangeState) -> tuple[Change, Applied]:
    """Return the change that an undo takes back, as it was made, and what making it left."""
    history = desk.context.undone or desk.run
    made = history.changes[state.step.undoes]
    return replace(made.change, after=made.resolved), Applied(outputs=made.outputs)


def has_late(value: Json) -> bool:
    """Say whether a late value stands anywhere in `value`."""
    if is_late(value):
        return True
    if isinstance(value, dict):
        return any(has_late(item) for key, item in value.items() if key != LATE)
    return isinstance(value, list | tuple) and any(map(has_late, value))


def _readers(desk: Desk, state: ChangeState) -> Readers:
    needs = desk.context.catalogue[state.step.action].needs
    return desk.context.connections.readers(state.step.connection or None, needs)


async def state_now(desk: Desk, state: ChangeState) -> tuple[Action, Seen, Json]:
    """Probe the change's target: the action, what it saw, and the comparable state."""
    action = desk.action(state.step)
    seen = await action.probe(_readers(desk, state))
    return action, seen, thaw(action.state(seen, state.change.target))
