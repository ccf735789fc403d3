"""What is aimed at a whole account is not aimed at the management account: it would bind nobody."""

from typing import Final

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.model.change import Change
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "management-account"
OVERRIDABLE = False

_WHOLE: Final = frozenset({"aws.account", "aws.root_credential"})
"""Kinds of target that stand for an account as a whole. Settings of one are not among them."""


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse to quarantine the management account, or to take its root user's credentials."""
    for change in step.changes:
        if change.target.tenant == f"aws:{facts.management}" and is_whole(change):
            return Refusal(
                guard=NAME,
                code="IRK320",
                summary=f"{change.target.label} is of the organization's management account, which "
                "no service control policy binds and nobody can let in again",
                help="contain its principals one by one; its root user is a matter for two people "
                "(docs/how-to/by-hand.md)",
            )
    return None


def is_whole(change: Change) -> bool:
    """Say whether a change is aimed at an account as a whole."""
    return change.target.kind in _WHOLE
