"""One story of all the runs of a case.

An undo changes what was true before it: what it took back is not in place any more, a case that was
contained is so no longer, and seats found dead before it are not known.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from irkit.report.figures import figures_of_case
from irkit.report.sentences import GOOD, TAKEN_BACK
from irkit.report.story_model import ChangeStory, SeatStory, Story

_WORST_FIRST = (
    "in_doubt",
    "stopped",
    "waiting",
    "running",
    "holding",
    "planned",
    "failed",
    "refused",
    "cancelled",
    "partial",
    "completed",
    "contained",
)


def together(stories: Sequence[Story]) -> Story:
    """Return one story of several runs of a case, in the order given (the oldest first)."""
    first, last = stories[0], stories[-1]
    own = [each for each in stories if not each.runs[0].undoes] or [last]
    back = [each for each in stories if each not in own]
    undone_at = _last_write(back)
    seats, changes = _joined_seats(stories, undone_at), _joined_changes(stories)
    return Story(
        mode=first.mode,
        case=first.case,
        org=first.org,
        title=first.title,
        state=_state(own, undone_at),
        runs=tuple(run for each in stories for run in each.runs),
        figures=figures_of_case(stories, own, changes, seats),
        events=tuple(
            sorted((e for s in stories for e in s.events), key=lambda event: (event.at, event.n))
        ),
        phases=tuple(phase for each in stories for phase in each.phases),
        changes=changes,
        approvals=tuple(approval for each in stories for approval in each.approvals),
        seats=seats,
        findings=tuple(finding for each in stories for finding in each.findings),
        open_items=tuple(item for each in stories for item in each.open_items),
        residual=first.residual,
        evidence=tuple(item for each in stories for item in each.evidence),
        trail=last.trail,
        taken_back_at=undone_at,
    )


def _state(own: Sequence[Story], undone_at: datetime | None) -> str:
    state = min((each.state for each in own), key=_rank)
    return TAKEN_BACK if undone_at and state in GOOD else state


def _last_write(back: Sequence[Story]) -> datetime | None:
    """Return when an undo last sent a write, if one did."""
    sent = [change.sent_at for each in back for change in each.changes if change.sent_at]
    return max(sent, default=None)


def _rank(state: str) -> int:
    return _WORST_FIRST.index(state) if state in _WORST_FIRST else 0


def _joined_changes(stories: Sequence[Story]) -> tuple[ChangeStory, ...]:
    """Return all changes, those that a later run took back marked as undone."""
    back = {
        (each.runs[0].undoes, change.undoes)
        for each in stories
        for change in each.changes
        if change.undoes and change.stage == "verified"
    }
    return tuple(
        replace(change, undone=change.undone or (change.run, change.id) in back)
        for each in stories
        for change in each.changes
    )


def _joined_seats(stories: Sequence[Story], undone_at: datetime | None) -> tuple[SeatStory, ...]:
    labels = dict.fromkeys(seat.label for each in stories for seat in each.seats)
    joined = []
    for label in labels:
        found = [seat for each in stories for seat in each.seats if seat.label == label]
        points = tuple(point for seat in found for point in seat.points)
        state = found[-1].state
        if undone_at and points and points[-1][0] < undone_at:
            points, state = (*points, (undone_at, "unknown")), "unknown"
        joined.append(SeatStory(label=label, points=points, state=state))
    return tuple(joined)
