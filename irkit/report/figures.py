"""The numbers on a report's first page."""

from collections.abc import Sequence
from datetime import datetime

from irkit.model.run import Run
from irkit.report.story_model import ApprovalStory, ChangeStory, Figures, SeatStory, Story


def figures_of(run: Run, decided: Sequence[ApprovalStory], seen: Sequence[SeatStory]) -> Figures:
    """Return the numbers of one run."""
    states = list(run.changes.values())
    cut = [s.made_at for s in states if s.made_at and (run.undoes or s.step.cuts)]
    proven = [state.verified_at for state in states if state.stage.good and state.verified_at]
    all_cut = bool(states) and all(state.stage.good for state in states)
    waits = [item.waited_s for item in decided if item.waited_s is not None]
    return Figures(
        first_cut_s=_seconds(run.opened_at, min(cut, default=None)),
        all_cut_s=_seconds(run.opened_at, max(proven, default=None)) if all_cut else None,
        total_s=_seconds(run.opened_at, run.last_at),
        changes=len(states),
        good=sum(state.stage.good for state in states),
        approvals=sum(item.decision == "approve" for item in decided),
        longest_wait_s=max(waits, default=None),
        seats_alive=sum(seat.state == "alive" for seat in seen),
        seats_unknown=sum(seat.state not in {"alive", "dead"} for seat in seen),
        seats_dead=sum(seat.state == "dead" for seat in seen),
    )


def figures_of_case(
    stories: Sequence[Story],
    own: Sequence[Story],
    changes: Sequence[ChangeStory],
    seen: Sequence[SeatStory],
) -> Figures:
    """Return the numbers of several runs, the oldest first.

    `own` are those that took nothing back: their changes count, and only while they stand.
    """
    figures = [each.figures for each in stories]
    runs = {each.runs[0].id for each in own}
    counted = [change for change in changes if change.run in runs]
    opened, last = stories[0].runs[0].opened_at, stories[-1].runs[-1].last_at
    waits = [item.longest_wait_s for item in figures if item.longest_wait_s is not None]
    return Figures(
        first_cut_s=figures[0].first_cut_s,
        all_cut_s=figures[0].all_cut_s,
        total_s=_seconds(opened, last),
        changes=len(counted),
        good=sum(c.stage in {"verified", "already"} and not c.undone for c in counted),
        approvals=sum(item.approvals for item in figures),
        longest_wait_s=max(waits, default=None),
        seats_alive=sum(seat.state == "alive" for seat in seen),
        seats_unknown=sum(seat.state not in {"alive", "dead"} for seat in seen),
        seats_dead=sum(seat.state == "dead" for seat in seen),
    )


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    return int((end - start).total_seconds()) if start and end else None
