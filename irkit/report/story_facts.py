"""The tables of a story: phases, changes, approvals, seats and evidence."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import cast

from irkit.canonical import Json
from irkit.clock import parse_rfc3339
from irkit.model.difference import differences
from irkit.model.run import ChangeState, Run
from irkit.report.reading import flag_of, object_of, raw_of
from irkit.report.seats import SeatRow
from irkit.report.story_model import (
    ApprovalStory,
    ChangeStory,
    EvidenceStory,
    PhaseStory,
    SeatStory,
    StoryEntry,
    Surroundings,
)
from irkit.trail.ssh_verify import SignatureError
from irkit.trail.sshsig import SshSig


def phases(
    run: Run, decided: Sequence[ApprovalStory], around: Surroundings
) -> tuple[PhaseStory, ...]:
    """Return each phase that has a part, in the plan's order."""
    ids = dict.fromkeys(part.phase for part in run.parts.values())
    return tuple(_phase(run, phase, decided, around) for phase in ids)


def _phase(
    run: Run, phase: str, decided: Sequence[ApprovalStory], around: Surroundings
) -> PhaseStory:
    parts = [part for part in run.parts.values() if part.phase == phase]
    states = [state for state in run.changes.values() if state.phase == phase]
    made = [state.made_at for state in states if state.made_at]
    reached = _reached(states)
    goal, took = around.goals_s.get(phase), _seconds(run.opened_at, reached)
    return PhaseStory(
        id=phase,
        name=around.names.get(phase, phase),
        run=run.id,
        changes=len(states),
        good=sum(state.stage.good for state in states),
        unknowns=0 if run.closed else sum(len(part.unknowns) for part in parts),
        goal_s=goal,
        ready_at=min((run.part_at[part.id] for part in parts if part.signable), default=None),
        approved_at=_approved(states, {part.id for part in parts}, decided),
        first_made_at=min(made, default=None),
        reached_at=reached,
        reached_s=took,
        in_time=_in_time(run, goal, took) if states else None,
    )


def _in_time(run: Run, goal: int | None, took: int | None) -> bool | None:
    """Say whether a goal was met; None while a run that is not over can still meet it."""
    if goal is None:
        return None
    if took is not None:
        return took <= goal
    passed = _seconds(run.opened_at, run.last_at) or 0
    return False if run.closed or passed > goal else None


def _reached(states: Sequence[ChangeState]) -> datetime | None:
    if not states or not all(state.stage.good for state in states):
        return None
    return max((state.verified_at for state in states if state.verified_at), default=None)


def _approved(
    states: Sequence[ChangeState], parts: set[str], decided: Sequence[ApprovalStory]
) -> datetime | None:
    """Return when the last approval came that the first write waited for."""
    begun = min((state.intent_at for state in states if state.intent_at), default=None)
    given = [
        item.at
        for item in decided
        if item.decision == "approve"
        and parts & set(item.parts)
        and (begun is None or item.at <= begun)
    ]
    return max(given, default=None)


def changes(run: Run) -> tuple[ChangeStory, ...]:
    """Return every planned change with what became of it."""
    return tuple(_change(run, state) for state in run.changes.values())


def _change(run: Run, state: ChangeState) -> ChangeStory:
    change, target = state.change, state.change.target
    proven = state.verified_at if state.stage.written else None
    return ChangeStory(
        id=change.id,
        run=run.id,
        phase=state.phase,
        title=state.step.title,
        verb=change.verb,
        target=target.label,
        kind=target.kind,
        target_id=target.id,
        tenant=target.tenant,
        action=state.step.action,
        reversal=str(state.step.reversal),
        because=state.step.because,
        stage=str(state.stage),
        why=state.why,
        sent_at=state.intent_at,
        made_at=state.made_at,
        verified_at=proven,
        read_back_ms=_milliseconds(state.made_at, proven),
        request_ids=state.request_ids,
        differences=tuple(differences(change.before, _after(state))),
        lost=state.lost,
        undoes=state.step.undoes,
        undone=state.undone,
    )


def _after(state: ChangeState) -> Json:
    """Return the state as it was written, or as it was planned where nothing was."""
    return state.resolved if state.resolved is not None else state.change.after


def approvals(run: Run, records: Iterable[StoryEntry]) -> tuple[ApprovalStory, ...]:
    """Return every decision in the order of its record."""
    return tuple(_approval(run, entry) for entry in records if entry.type == "approval")


def _approval(run: Run, entry: StoryEntry) -> ApprovalStory:
    statement = object_of(entry.body, "statement")
    signed = set(cast("list[str]", statement.get("parts") or []))
    parts = tuple(part for part, digest in run.part_digests.items() if digest in signed)
    at = next(when for n, when, _ in run.approvals if n == entry.n)
    ready = min((run.part_at[part] for part in parts), default=None)
    return ApprovalStory(
        run=run.id,
        n=entry.n,
        at=at,
        who=raw_of(statement, "approver"),
        decision=raw_of(statement, "decision"),
        fingerprint=_fingerprint(raw_of(entry.body, "sig")),
        parts=parts,
        display=raw_of(statement, "display"),
        expires=raw_of(statement, "exp"),
        waited_s=_seconds(ready, at),
    )


def _fingerprint(signature: str) -> str:
    """Return the key that claims to have signed; whether it did is for verification to say."""
    try:
        return SshSig.parse(signature.encode()).fingerprint
    except SignatureError:
        return ""


def seats(run: Run, rows: Iterable[SeatRow]) -> tuple[SeatStory, ...]:
    """Return every seat with the moments at which it was tried."""
    known = {row.label: row for row in rows}
    labels = dict.fromkeys([seat for _, states in run.seats for seat in states])
    labels |= dict.fromkeys(known)
    return tuple(_seat(run, label, known.get(label)) for label in labels)


def _seat(run: Run, label: str, row: SeatRow | None) -> SeatStory:
    points = tuple((at, states[label]) for at, states in run.seats if label in states)
    return SeatStory(
        label=label, points=points, state=row.state if row else points[-1][1] if points else ""
    )


def evidence(run: str, records: Iterable[StoryEntry]) -> tuple[EvidenceStory, ...]:
    """Return every recorded read."""
    return tuple(_evidence(run, records))


def _evidence(run: str, records: Iterable[StoryEntry]) -> Iterator[EvidenceStory]:
    for entry in records:
        if entry.type != "step.read":
            continue
        body = entry.body
        yield EvidenceStory(
            run=run,
            n=entry.n,
            at=parse_rfc3339(entry.ts),
            step=raw_of(body, "step"),
            action=raw_of(body, "action"),
            digest=raw_of(body, "digest"),
            raw=raw_of(body, "raw"),
            evidence=flag_of(body, "evidence"),
            complete=body.get("complete", True) is True,
            gaps=tuple(cast("list[str]", body.get("gaps") or ())),
            error=raw_of(body, "error"),
            observed_through=raw_of(body, "observed_through"),
            request_ids=len(cast("list[str]", body.get("request_ids") or ())),
        )


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    return int((end - start).total_seconds()) if start and end else None


def _milliseconds(start: datetime | None, end: datetime | None) -> int | None:
    return (end - start) // timedelta(milliseconds=1) if start and end else None
