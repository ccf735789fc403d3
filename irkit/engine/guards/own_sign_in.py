"""Whoever irkit acts for can still sign in to Okta: their own identity provider is not broken.

An API token lives on without its owner's sign-in, so that the run would not notice; the people who
have to go on afterwards would.
"""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.model.change import Change
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "own-sign-in"
OVERRIDABLE = True


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse to switch off a provider that irkit's own user signs in through."""
    for change in step.changes if not step.undoes else ():
        if is_sign_in(change) and change.target.id in facts.own_idps:
            return Refusal(
                guard=NAME,
                code="IRK323",
                summary=f"{change.target.label} is how the owner of irkit's own token signs in",
                help="give the token's owner a sign-in of their own first, or use another's token. "
                "Shut out already: a second super administrator, then Okta support",
            )
    return None


def is_sign_in(change: Change) -> bool:
    """Say whether a change is of a provider that people sign in to Okta through."""
    return change.target.kind == "okta.idp"
