"""From a record to the line it says: the one wording that screens and reports share."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from irkit.model.run import Entry, Run
from irkit.report import change_lines as change
from irkit.report import lines as says
from irkit.report.line import Line

_Teller: TypeAlias = Callable[[Run, Entry], Line | None]
_TELLERS: Final[Mapping[str, _Teller]] = {
    "run.opened": says.opened,
    "step.read": says.read,
    "plan.proposed": says.proposed,
    "plan.extended": says.extended,
    "approval": says.approval,
    "guard.refused": change.refused,
    "guard.overridden": says.override_asked,
    "step.intent": change.intent,
    "step.result": change.result,
    "step.settled": change.settled,
    "step.verified": change.verified,
    "step.verify_failed": change.verify_failed,
    "step.drifted": change.drifted,
    "step.skipped": change.skipped,
    "change.resolved": change.resolved,
    "step.asked": says.asked,
    "answer": says.answered,
    "step.replanned": says.replanned,
    "targets.added": says.targets_added,
    "hold.checked": says.looked,
    "report.written": says.reported,
    "breakglass.used": says.broke_glass,
    "breakglass.confirmed": says.confirmed,
    "run.state": says.state_changed,
    "cancel.requested": says.cancelled,
    "run.stopped": says.stopped,
    "run.closed": says.closed,
}


def tell(entry: Entry, run: Run) -> Line | None:
    """Return the line of one record, or None for a record that finishes nothing to see.

    `run` has already taken `entry` in.
    """
    teller = _TELLERS.get(entry.type)
    return teller(run, entry) if teller else None
