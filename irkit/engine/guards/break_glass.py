"""Break-glass access is alive before an identity provider is broken: somebody can get in again.

What irkit.yaml names under `break_glass` is proven: AWS is asked, with its credentials and at this
moment, whose they are; a user of Okta is active, a super administrator, and in no quarantine. One
that needs the provider itself is none. That they are never targets, the guard `protected` sees to.
"""

from typing import Final

from irkit.actions.break_glass import WayIn
from irkit.canonical import JsonObject
from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.engine.guards.own_powers import denies_in
from irkit.model.change import Change
from irkit.model.plan import PlannedStep
from irkit.model.run import Run
from irkit.model.spec import Spec

NAME = "break-glass"
OVERRIDABLE = True

_PROVIDERS: Final = frozenset({"aws.saml_provider", "aws.oidc_audience", "okta.idp"})
_BACK: Final = {
    "aws": "Shut out already: the root user of the account, or of the management account, puts the "
    "provider or the policy back",
    "okta": "Shut out already: a second super administrator, then Okta support",
}
"""How to get in again, by provider."""


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse to shut out all who come through a provider while nobody is proven to get in again."""
    for change in step.changes if not step.undoes else ():
        if not shuts_out(change):
            continue
        told = [f"{way.name}: {why}" for way in facts.ways_in if (why := _wrong(way, change))]
        if len(told) < len(facts.ways_in):
            continue
        provider = change.target.kind.partition(".")[0]
        return Refusal(
            guard=NAME,
            code="IRK324",
            summary=f"{change.target.label}: who comes through it would be shut out, and no other "
            "way in is proven: "
            f"{'; '.join(told) or f'irkit.yaml names none into {provider} under `break_glass`'}",
            help="name one that works and needs no identity provider under `break_glass` in "
            f"irkit.yaml. {_BACK[provider]}",
        )
    return None


def may_shut_out(spec: Spec) -> bool:
    """Say whether the changes of an action may shut out everybody who comes through a provider."""
    return spec.target in {*_PROVIDERS, "aws.scp"}


def shuts_out(change: Change) -> bool:
    """Say whether a change shuts out everybody who comes through an identity provider."""
    if change.target.kind == "aws.scp":
        return any(map(_by_provider, denies_in(change.after)))
    return change.target.kind in _PROVIDERS


def _by_provider(statement: JsonObject) -> bool:
    """Say whether a deny is for whoever came through a provider."""
    return "aws:federatedprovider" in str(statement).lower()


def _wrong(way: WayIn, change: Change) -> str:
    """Return why a way in would be none after the change; what denies by provider hits any."""
    if way.wrong or not way.through:
        return way.wrong
    hit = way.through
    if change.target.kind != "aws.scp":
        hit = frozenset(p for p in hit if p == change.target.id or p in change.target.label)
    return f"it comes through {', '.join(sorted(hit))}" if hit else ""
