"""What is still open in a run: each item with what, who, since when, and what to type."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from irkit.canonical import JsonObject
from irkit.clock import rfc3339
from irkit.model import next_commands
from irkit.model.quorum import Tally
from irkit.model.run import ChangeState, Run, Stage
from irkit.report.seats import DEAD, SeatRow, last_seen
from irkit.report.standing import missing, unanswered, waits_for_approval


class Kind(StrEnum):
    """What sort of thing is open, the most urgent first."""

    IN_DOUBT = "in doubt"
    LOST = "lost again"
    SEAT = "intruder still has"
    STOPPED = "stopped"
    APPROVAL = "waits for approval"
    ANSWER = "waits for an answer"
    FAILED = "failed"
    UNVERIFIED = "not as planned"
    DRIFTED = "drifted"
    REFUSED = "refused"
    LEFT_OUT = "left out"
    READ = "could not be read"
    CONFIRM = "break-glass not confirmed"


_RANK: Final = {kind: rank for rank, kind in enumerate(Kind)}
_STAGES: Final = {
    Stage.IN_DOUBT: Kind.IN_DOUBT,
    Stage.ASK: Kind.IN_DOUBT,
    Stage.FAILED: Kind.FAILED,
    Stage.UNVERIFIED: Kind.UNVERIFIED,
    Stage.DRIFTED: Kind.DRIFTED,
    Stage.REFUSED: Kind.REFUSED,
    Stage.SKIPPED: Kind.LEFT_OUT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """One open thing. `since` is None where the records do not say.

    `command` is what to type now; `help` is how the cause goes away, where it is known.
    """

    kind: Kind
    what: str
    owner: str
    since: datetime | None
    command: str = ""
    help: str = ""

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "kind": str(self.kind),
            "what": self.what,
            "owner": self.owner,
            "since": rfc3339(self.since) if self.since else "",
            "command": self.command,
            "help": self.help,
        }


def open_items(
    run: Run,
    *,
    tallies: Mapping[str, Tally] | None = None,
    seats: Iterable[SeatRow] | None = None,
) -> tuple[OpenItem, ...]:
    """Return what is open in `run`, the most urgent first."""
    found = [
        *_changes(run),
        *_steps(run),
        *_lost(run),
        *_seats(run, last_seen(run) if seats is None else tuple(seats)),
        *_stopped(run),
        *_approvals(run, tallies),
        *_answers(run),
        *_reads(run),
        *_alone(run),
    ]
    return tuple(sorted(found, key=lambda item: _RANK[item.kind]))


def title_of(state: ChangeState) -> str:
    """Return what a change is in words: what its step does, and to what.

    Where a step makes several changes, the verb of this one tells them apart.
    """
    which = f" ({state.change.verb})" if len(state.step.changes) > 1 else ""
    return f"{state.step.title}{which}: {state.change.target.label}"


def _changes(run: Run) -> Iterator[OpenItem]:
    for state in run.changes.values():
        kind = _STAGES.get(state.stage)
        if state.stage is Stage.IN_FLIGHT and (run.stopped or run.paused):
            kind = Kind.IN_DOUBT
        if kind is None or state.undone:
            continue
        why = f": {state.why}" if state.why else ""
        yield OpenItem(
            kind=kind,
            what=f"{title_of(state)}{why}",
            owner=run.requester,
            since=_since(run, state),
            command="" if run.closed else _command(run, state, kind),
            help=run.helps.get(state.change.id, ""),
        )


def _steps(run: Run) -> Iterator[OpenItem]:
    """Steps that were not planned, or that somebody left out."""
    for kind, steps in ((Kind.FAILED, run.failed_steps), (Kind.LEFT_OUT, run.skipped_steps)):
        for step, why in steps.items():
            yield OpenItem(
                kind=kind,
                what=f"{step}: {why}",
                owner=run.requester,
                since=next((at for at, _, summary in run.refusals if summary == why), None),
                command="" if run.closed else next_commands.on("replan", run.id),
                help=run.helps.get(step, ""),
            )


def _since(run: Run, state: ChangeState) -> datetime | None:
    if state.stage is Stage.REFUSED:
        return next((at for at, _, summary in run.refusals if summary == state.why), None)
    return state.verified_at or state.made_at or state.intent_at


def _command(run: Run, state: ChangeState, kind: Kind) -> str:
    match kind:
        case Kind.IN_DOUBT if state.stage is Stage.ASK:
            return next_commands.resolve(run.id, state.change.id)
        case Kind.IN_DOUBT:
            return next_commands.on("resume", run.id)
        case Kind.REFUSED:
            return "irkit policy show"
        case _:
            return next_commands.on("replan", run.id)


def _lost(run: Run) -> Iterator[OpenItem]:
    for state in run.changes.values():
        if state.lost:
            yield OpenItem(
                kind=Kind.LOST,
                what=f"{title_of(state)}: somebody took it back",
                owner=run.requester,
                since=run.looks[-1].at if run.looks else run.last_at,
                command=next_commands.on("replan", run.id),
            )


def _seats(run: Run, rows: Iterable[SeatRow]) -> Iterator[OpenItem]:
    for row in rows:
        if row.state != DEAD:
            yield OpenItem(
                kind=Kind.SEAT,
                what=f"{row.label} is {row.state.upper()}",
                owner=run.requester,
                since=_first_seen(run, row),
                command="irkit actions matrix",
            )


def _first_seen(run: Run, row: SeatRow) -> datetime | None:
    """Return since when the looks have found the seat in this state."""
    since = None
    for look in reversed(run.looks):
        if look.seats.get(row.label) != row.state:
            break
        since = look.at
    return since


def _stopped(run: Run) -> Iterator[OpenItem]:
    if run.closed or not (run.stopped or run.paused):
        return
    yield OpenItem(
        kind=Kind.STOPPED,
        what=run.stopped or "paused",
        owner=run.requester,
        since=run.last_at,
        command=next_commands.on("resume", run.id),
    )


def _approvals(run: Run, tallies: Mapping[str, Tally] | None) -> Iterator[OpenItem]:
    if run.closed:
        return
    for part in run.parts.values():
        if not waits_for_approval(run, part.id, tallies):
            continue
        tally = (tallies or {}).get(part.id)
        number, roles = missing(part, tally)
        denied = f"denied by {', '.join(tally.denied_by)}" if tally and tally.denied_by else ""
        yield OpenItem(
            kind=Kind.APPROVAL,
            what=f"{part.id}: {denied or f'{number} more'}",
            owner=", ".join(roles) or "any approver",
            since=run.part_at[part.id],
            command=next_commands.on("replan", run.id) if denied else next_commands.approve(run.id),
        )


def _answers(run: Run) -> Iterator[OpenItem]:
    for step in unanswered(run):
        asked = run.asked[step]
        yield OpenItem(
            kind=Kind.ANSWER,
            what=asked.text,
            owner=asked.to,
            since=asked.at,
            command=next_commands.answer(run.id, step, asked.ask),
        )


def _reads(run: Run) -> Iterator[OpenItem]:
    for fact in run.reads.values():
        if (fact.error and not fact.forgotten) or not fact.complete:
            yield OpenItem(
                kind=Kind.READ,
                what=f"{fact.step}: {fact.error or ', '.join(fact.gaps)}",
                owner=run.requester,
                since=fact.observed_at,
                command="irkit check",
                help=run.helps.get(fact.step, ""),
            )


def _alone(run: Run) -> Iterator[OpenItem]:
    if run.confirmed:
        return
    for at, who, reason in run.break_glass:
        yield OpenItem(
            kind=Kind.CONFIRM,
            what=f"{who} acted alone: {reason}",
            owner="a second approver",
            since=at,
            command=next_commands.confirm_break_glass(run.id),
        )
