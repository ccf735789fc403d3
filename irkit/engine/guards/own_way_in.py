"""The way irkit came in stays open: the identity provider it signed in through is not broken.

Its access of this moment is the proof that another way exists: it goes through no provider, or
through one that is not a target.
"""

from typing import Final

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.model.change import Change
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "own-way-in"
OVERRIDABLE = True

UNKNOWN: Final = "?"
"""The entry that stands for a way in that could not be read."""

_DOORS: Final = frozenset({"aws.saml_provider", "aws.oidc_audience"})


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse to break the provider that irkit's first credentials depend on."""
    for change in step.changes if not step.undoes else ():
        if not is_door(change):
            continue
        if any(name in change.target.label for name in facts.entry_providers - {UNKNOWN}):
            return _refusal(change.target.label, "is how irkit itself got in")
        if UNKNOWN in facts.entry_providers:
            return _refusal(change.target.label, "may be how irkit itself got in: that is not seen")
    return None


def is_door(change: Change) -> bool:
    """Say whether a change is of a provider that people and programs sign in through."""
    return change.target.kind in _DOORS


def _refusal(label: str, why: str) -> Refusal:
    return Refusal(
        guard=NAME,
        code="IRK322",
        summary=f"{label} {why}, and breaking it would shut irkit out",
        help="run it with credentials that need no identity provider, such as the break-glass "
        "user's. Shut out already: sign in as that user, or as root, and put the metadata back",
    )
