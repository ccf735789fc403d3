"""Where the log is kept is no target: what stops its delivery or deletes it helps the intruder."""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, targets_of
from irkit.model.plan import PlannedStep
from irkit.model.run import Run
from irkit.model.spec import Reversal

NAME = "log-plane"
OVERRIDABLE = True


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse a step on a bucket or key of a trail, unless it only adds."""
    if step.reversal is Reversal.ADDITIVE:
        return None
    for target in targets_of(step):
        if target.key in facts.log_plane:
            return Refusal(
                guard=NAME,
                code="IRK313",
                summary=f"{target.label} holds the log: {facts.log_plane[target.key]}",
                help="keep the log going; if it must be, two people override the guard",
            )
    return None
