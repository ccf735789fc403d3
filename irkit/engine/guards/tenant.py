"""Tenants are pinned: nothing outside the workspace's own org and accounts is touched."""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, targets_of
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "tenant"
OVERRIDABLE = False


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse a step on a tenant that irkit.yaml does not name."""
    for target in targets_of(step):
        if target.tenant not in facts.tenants:
            return Refusal(
                guard=NAME,
                code="IRK304",
                summary=f"{target.label} is in {target.tenant}, which is not a pinned tenant",
                help="list the account or org under `connections` in irkit.yaml, or check the id",
            )
    return None
