"""Enough super administrators stay: the last ones are not suspended or stripped."""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, targets_of
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "super-admins"
OVERRIDABLE = True


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:
    """Refuse a step after which fewer active super administrators than the floor remain."""
    if not step.action.startswith("okta.") or step.undoes:
        return None
    hit = {target.id for target in targets_of(step) if target.kind == "okta.user"}
    hit &= facts.super_admins
    taken = {
        state.change.target.id.partition("/")[0]
        for state in run.changes.values()
        if not state.undone
    }
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
