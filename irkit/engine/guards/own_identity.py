"""The identities a run depends on are never its targets: no responder locks themselves out."""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, targets_of
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "own-identity"
OVERRIDABLE = False


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse a step on irkit's own user, role, key or token."""
    for target in targets_of(step):
        if target.key in facts.own:
            return Refusal(
                guard=NAME,
                code="IRK301",
                summary=f"{target.label} is what this run itself works with: "
                f"{facts.own[target.key]}",
                help="use other credentials (irkit check shows which), or another pair of hands",
            )
    return None
