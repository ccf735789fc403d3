# ruff: noqa: ARG001  # all handlers have one signature
"""The fold: from the trail's entries to a `Run`, one small handler per record type.

The same entries give the same run, on this machine or an auditor's. There is no clock here: the
only time is the entries' own.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias, cast

from irkit.canonical import JsonObject
from irkit.clock import parse_rfc3339
from irkit.model.change import matches
from irkit.model.plan import Part
from irkit.model.plan_reader import added_part_of, plan_of
from irkit.model.run import AnswerFact, Asked, ChangeState, Entry, Look, ReadFact, Run, Stage

_Handler: TypeAlias = Callable[[Run, Entry, datetime], None]


def fold(entries: Iterable[Entry], run_id: str) -> Run:
    """Return the run that `entries` (all of it, in order) add up to."""
    run = Run(id=run_id)
    for entry in entries:
        take(run, entry)
    return run


def take(run: Run, entry: Entry) -> None:
    """Fold one more entry into `run`."""
    at = parse_rfc3339(entry.ts)
    run.last_at = at
    run.count += 1
    handler = _HANDLERS.get(entry.type)
    if handler is not None:
        handler(run, entry, at)
    change = entry.body.get("change")
    if isinstance(change, str) and change in run.changes:
        _keep_active(run, run.changes[change])
    if "help" in entry.body:
        run.helps[str(change or entry.body.get("step"))] = _text(entry.body, "help")


_ACTIVE: Final = frozenset({Stage.IN_FLIGHT, Stage.IN_DOUBT, Stage.ASK, Stage.MADE})


def _keep_active(run: Run, state: ChangeState) -> None:
    if state.stage in _ACTIVE:
        run.active[state.change.id] = state
    else:
        run.active.pop(state.change.id, None)


def _text(body: JsonObject, key: str) -> str:
    return cast("str", body.get(key) or "")


def _texts(body: JsonObject, key: str) -> tuple[str, ...]:
    return tuple(cast("list[str]", body.get(key) or ()))


def _object(body: JsonObject, key: str) -> JsonObject:
    return cast("JsonObject", body.get(key) or {})


def _opened(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    run.opened = True
    run.opened_at = at
    run.mode, run.case = _text(body, "mode"), _text(body, "case")
    run.requester, run.title = _text(body, "requester"), _text(body, "title")
    run.undoes, run.only = _text(body, "undoes"), _text(body, "only")


def _loaded(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    run.playbook_digest = _text(body, "digest")
    run.playbook_source = _text(body, "source")
    run.playbook_file = _text(body, "file")
    run.calls = cast("dict[str, str]", dict(_object(body, "calls")))


def _resolved(run: Run, entry: Entry, at: datetime) -> None:
    run.inputs = _object(entry.body, "inputs")
    run.labels = _object(entry.body, "labels")


def _read(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    fact = ReadFact(
        step=_text(body, "step"),
        action=_text(body, "action"),
        value=body.get("value"),
        digest=_text(body, "digest"),
        observed_at=at,
        complete=bool(body.get("complete", True)),
        gaps=_texts(body, "gaps"),
        left_out=_texts(body, "left_out"),
        error=_text(body, "error"),
        forgotten=bool(body.get("forgotten")),
        evidence=bool(body.get("evidence")),
        round=cast("int", body.get("round") or 0),
        observed_through=_text(body, "observed_through"),
        request_ids=_texts(body, "request_ids"),
    )
    run.reads[fact.step] = fact
    run.epoch += 1


def _proposed(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    plan = plan_of(_text(body, "plan"))
    run.header, run.header_digest = plan.header, plan.header.digest
    run.nonce = _text(body, "nonce")
    for part in plan.parts:
        _add_part(run, part, at)


def _extended(run: Run, entry: Entry, at: datetime) -> None:
    _add_part(run, added_part_of(_text(entry.body, "content")), at)


def _add_part(run: Run, part: Part, at: datetime) -> None:
    assert run.header is not None
    run.parts.pop(f"{part.phase}?", None)
    run.parts[part.id] = part
    run.part_at[part.id] = at
    part_digest = part.digest(run.header_digest)
    run.part_digests[part.id] = part_digest
    run.epoch += 1
    for step in part.steps:
        run.reach(step)
        run.steps[step.path] = (part.id, step)
        for change in step.changes:
            run.changes[change.id] = ChangeState(
                change=change,
                step=step,
                part=part.id,
                phase=part.phase,
                part_digest=part_digest,
            )


def _approval(run: Run, entry: Entry, at: datetime) -> None:
    run.approvals.append((entry.n, at, entry.body))


def _intent(run: Run, entry: Entry, at: datetime) -> None:
    state = run.changes[_text(entry.body, "change")]
    state.stage = Stage.IN_FLIGHT
    state.attempt = cast("int", entry.body.get("attempt") or 1)
    state.intent, state.intent_at = entry.n, at
    resolved, after = entry.body.get("resolved"), state.change.after
    state.resolved = after if matches(resolved, after) else resolved
    state.lost = state.refused = False
    run.intents[entry.n] = state.change.id


def _made(state: ChangeState, entry: Entry, at: datetime) -> None:
    state.stage = Stage.MADE
    state.made_at, state.made_n = at, entry.n
    state.outputs = _object(entry.body, "outputs") or state.outputs


def _result(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    state = run.changes[_text(body, "change")]
    state.request_ids += _texts(body, "request_ids")
    state.why = _text(body, "error")
    match _text(body, "outcome"):
        case "changed":
            _made(state, entry, at)
        case "retry":
            state.stage = Stage.PLANNED
        case "failed":
            state.stage = Stage.FAILED
        case _:
            state.stage = Stage.IN_DOUBT
            state.refused = bool(body.get("refused"))


def _settled(run: Run, entry: Entry, at: datetime) -> None:
    state = run.changes[_text(entry.body, "change")]
    match _text(entry.body, "verdict"):
        case "applied":
            _made(state, entry, at)
        case "not_applied":
            state.stage = Stage.FAILED if entry.body.get("give_up") else Stage.PLANNED
            state.why = _text(entry.body, "why")
            state.unanswered = True
        case _:
            state.stage = Stage.ASK
            state.why = _text(entry.body, "why")


def _change_resolved(run: Run, entry: Entry, at: datetime) -> None:
    state = run.changes[_text(entry.body, "change")]
    match _text(entry.body, "decision"):
        case "applied":
            _made(state, entry, at)
        case "retry":
            state.stage = Stage.PLANNED
            state.unanswered = True
        case _:
            state.stage = Stage.SKIPPED
            state.why = _text(entry.body, "why")


def _verification(run: Run, entry: Entry, at: datetime, *, holds: bool) -> None:
    body = entry.body
    if _text(body, "how") == "check":
        run.checks[_text(body, "step")] = holds
        return
    state = run.changes[_text(body, "change")]
    state.stage = Stage.VERIFIED if holds else Stage.UNVERIFIED
    state.verified_at = at
    state.lost = False
    if not holds:
        state.why = _text(body, "why")
        state.found = body.get("found")
    elif state.step.undoes and state.step.undoes in run.changes:
        run.changes[state.step.undoes].undone = True


def _drifted(run: Run, entry: Entry, at: datetime) -> None:
    state = run.changes[_text(entry.body, "change")]
    state.stage = Stage.DRIFTED
    state.found = entry.body.get("found")
    state.why = "it is no longer as planned"


def _skipped(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    change = _text(body, "change")
    if not change:
        steps = {"failed": run.failed_steps, "already": run.done_steps}
        steps.get(_text(body, "outcome"), run.skipped_steps)[_text(body, "step")] = _text(
            body, "why"
        )
        return
    state = run.changes[change]
    state.stage = Stage.ALREADY if _text(body, "outcome") == "already" else Stage.SKIPPED
    state.why = _text(body, "why")


def _refused(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    run.refusals.append((at, _text(body, "code"), _text(body, "summary")))
    change = _text(body, "change")
    path = run.changes[change].step.path if change in run.changes else _text(body, "step")
    run.refused_by[path] = _text(body, "guard")
    if not change:
        run.failed_steps[path] = _text(body, "summary")
    elif change in run.changes:
        run.changes[change].stage = Stage.REFUSED
        run.changes[change].why = _text(body, "summary")


def _override(run: Run, entry: Entry, at: datetime) -> None:
    path, guard = _text(entry.body, "step"), _text(entry.body, "guard")
    run.overrides[path] = tuple(dict.fromkeys((*run.overrides.get(path, ()), guard)))


def _asked(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    run.asked[_text(body, "step")] = Asked(
        to=_text(body, "to"),
        text=_text(body, "text"),
        until=parse_rfc3339(_text(body, "until")),
        at=at,
        ask=_object(body, "ask"),
    )


def _answer(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    run.answers[_text(body, "step")] = AnswerFact(
        values=_object(body, "values"),
        silent=bool(body.get("silent")),
        at=at,
        by=_text(body, "by"),
    )


def _report(run: Run, entry: Entry, at: datetime) -> None:
    run.reports[_text(entry.body, "step")] = _text(entry.body, "file")


def _hold(run: Run, entry: Entry, at: datetime) -> None:
    body = entry.body
    lost = _texts(body, "lost")
    run.looks.append(
        Look(
            at=at,
            index=cast("int", body["look"]),
            lost=lost,
            unknown=_texts(body, "unknown"),
            added=cast("int", body.get("added") or 0),
            seats=cast("Mapping[str, str]", _object(body, "seats")),
            last=bool(body.get("last")),
        )
    )
    if run.looks[-1].seats:
        run.seats.append((at, run.looks[-1].seats))
    for change, state in run.changes.items():
        state.lost = change in lost
    for change in _texts(body, "reassert"):
        run.changes[change].stage = Stage.PLANNED
        run.epoch += 1


def _seats(run: Run, entry: Entry, at: datetime) -> None:
    run.seats.append((at, cast("Mapping[str, str]", _object(entry.body, "seats"))))


def _targets_added(run: Run, entry: Entry, at: datetime) -> None:
    step = _text(entry.body, "step")
    run.epoch += 1
    run.added[step] = run.added.get(step, ()) + _texts(entry.body, "targets")


def _replanned(run: Run, entry: Entry, at: datetime) -> None:
    path = _text(entry.body, "step")
    run.epoch += 1
    run.replanned.add(path)
    _, step = run.steps.pop(path, (None, None))
    for change in step.changes if step else ():
        # What was never written is planned anew, or holds by now; either way it is not missing.
        if not run.changes[change.id].stage.written:
            del run.changes[change.id]
    for told in (run.skipped_steps, run.failed_steps, run.helps):
        told.pop(path, None)
    if path in run.reads and run.reads[path].error:
        del run.reads[path]


def _break_glass(run: Run, entry: Entry, at: datetime) -> None:
    run.break_glass.append((at, _text(entry.body, "by"), _text(entry.body, "reason")))


def _confirmed(run: Run, entry: Entry, at: datetime) -> None:
    run.confirmed = True


def _state(run: Run, entry: Entry, at: datetime) -> None:
    run.paused = _text(entry.body, "state") == "paused"
    run.accept_versions = run.accept_versions or bool(entry.body.get("accept_versions"))
    if _text(entry.body, "state") == "running":
        run.stopped = ""


def _cancel(run: Run, entry: Entry, at: datetime) -> None:
    run.cancelled = _text(entry.body, "why") or "cancelled"


def _stopped(run: Run, entry: Entry, at: datetime) -> None:
    run.stopped = _text(entry.body, "why") or "stopped"


def _closed(run: Run, entry: Entry, at: datetime) -> None:
    run.outcome = _text(entry.body, "outcome")


_HANDLERS: Final[Mapping[str, _Handler]] = {
    "run.opened": _opened,
    "playbook.loaded": _loaded,
    "targets.resolved": _resolved,
    "step.read": _read,
    "plan.proposed": _proposed,
    "plan.extended": _extended,
    "approval": _approval,
    "step.intent": _intent,
    "step.result": _result,
    "step.settled": _settled,
    "step.verified": partial(_verification, holds=True),
    "step.verify_failed": partial(_verification, holds=False),
    "step.drifted": _drifted,
    "step.skipped": _skipped,
    "step.asked": _asked,
    "step.replanned": _replanned,
    "change.resolved": _change_resolved,
    "guard.refused": _refused,
    "guard.overridden": _override,
    "answer": _answer,
    "report.written": _report,
    "hold.checked": _hold,
    "seats.checked": _seats,
    "targets.added": _targets_added,
    "breakglass.used": _break_glass,
    "breakglass.confirmed": _confirmed,
    "run.state": _state,
    "cancel.requested": _cancel,
    "run.stopped": _stopped,
    "run.closed": _closed,
}
