"""A door that was shut on an intruder is not opened again for the same key.

Undo gives back exactly what was there: metadata that believes the signing key it was broken for, or
an identity provider with whoever holds it. A provider that was given a new certificate since is not
as this run left it, so that undo leaves it alone.
"""

from collections.abc import Iterator
from typing import Final

from irkit.actions.saml_tombstone import fingerprints
from irkit.actions.shape import maybe_text
from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.model.change import Change
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "reopened-door"
OVERRIDABLE = True

_SHOWN: Final = 16
"""So many digits of a fingerprint tell certificates apart for people."""

_DOORS: Final = frozenset({"aws.saml_provider", "okta.idp"})
"""Kinds that believe whoever holds a key. An OpenID Connect provider fetches its issuer's keys, so
that giving an audience back believes those that the issuer has by then."""


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse to take back the breaking of an identity provider."""
    for change in step.changes if step.undoes else ():
        if change.target.kind in _DOORS:
            return Refusal(
                guard=NAME,
                code="IRK325",
                summary=f"taking this back lets in again whoever holds the former key of "
                f"{change.target.label}{''.join(_keys(change))}",
                help="make a new signing certificate there and give it to each account by hand. If "
                "it was no intruder's, two people override: irkit undo RUN --override "
                f"{NAME} --because TEXT",
            )
    return None


def _keys(change: Change) -> Iterator[str]:
    metadata = maybe_text(change.saved, "metadata")
    for fingerprint in sorted(fingerprints(metadata)):
        yield f", certificate sha256:{fingerprint[:_SHOWN]}…"
