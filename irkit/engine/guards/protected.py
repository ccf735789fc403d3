"""Protected principals are never targets, whatever a playbook says."""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, targets_of
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "protected"
OVERRIDABLE = False


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse a step on a protected principal or on anything that belongs to one."""
    for target in targets_of(step):
        if target.key in facts.protected:
            return Refusal(
                guard=NAME,
                code="IRK302",
                summary=f"{target.label} is protected by `{facts.protected[target.key]}`",
                help="if it really is the intruder's, change `protect` with the policy's quorum",
            )
    return None
