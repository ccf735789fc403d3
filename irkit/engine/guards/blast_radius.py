"""The blast radius is capped: no more distinct targets of a kind than `limit` allows."""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, targets_of
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "blast-radius"
OVERRIDABLE = True


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:
    """Refuse the step that would make the run touch too many of a kind."""
    for target in targets_of(step):
        reached = run.reached.get(target.kind, set())
        own = len(reached) + (target.key not in reached)
        limit = facts.limits.get(target.kind)
        if limit is not None and own > limit:
            return Refusal(
                guard=NAME,
                code="IRK303",
                summary=f"{target.label} would be number {own} of {target.kind}, "
                f"and the limit is {limit}",
                help="narrow the targets, or raise `limits` in irkit.yaml with the policy's quorum",
            )
    return None
