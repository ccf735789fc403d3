"""Work that runs on a user's API tokens does not stop unnoticed when the user is stopped."""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, targets_of
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "token-owner"
OVERRIDABLE = True


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse a step that stops tokens somebody's work is on; `facts` has those of such steps."""
    if step.undoes:
        return None
    for target in targets_of(step):
        names = facts.integrations.get(target.id, ()) if target.kind == "okta.user" else ()
        if names:
            return Refusal(
                guard=NAME,
                code="IRK311",
                summary=f"{target.label} owns API tokens that work runs on: {', '.join(names)}",
                help="move the work to other tokens first, revoke those that are the intruder's "
                "with okta.api_token.revoke, or override this with two people",
            )
    return None
