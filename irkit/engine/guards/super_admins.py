"""Enough super administrators stay: the last ones are not suspended or stripped."""

from collections.abc import Iterable, Iterator, Mapping

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.model.change import Change
from irkit.model.owners import reached
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "super-admins"
OVERRIDABLE = True


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:
    """Refuse a step after which fewer active super administrators than the floor remain."""
    if not step.action.startswith("okta.") or step.undoes:
        return None
    hit = facts.super_admins & set(_stopped(step.changes))
    taken = set(_stopped(state.change for state in run.changes.values() if not state.undone))
    left = facts.super_admins - hit - taken
    if not hit or len(left) >= facts.admin_floor:
        return None
    return Refusal(
        guard=NAME,
        code="IRK307",
        summary=f"only {len(left)} active super administrators would remain, "
        f"and {facts.admin_floor} must",
        help="name another super administrator first; Okta support is the only way back otherwise",
    )


def _stopped(changes: Iterable[Change]) -> Iterator[str]:
    """Yield the users who may be no administrators any more; a lesser role of a group is none."""
    for change in changes:
        before = change.before
        role = before.get("type") if isinstance(before, Mapping) else None
        if change.target.kind != "okta.group_role" or role == "SUPER_ADMIN":
            yield from (target.id for target in reached(change) if target.kind == "okta.user")
