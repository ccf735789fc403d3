"""Residual access: what the credentials a playbook is against lead to, minus what it cuts.

Each residual is open, or expires by itself within a known time; only the latter can be accepted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.playbook import BlockStep, CallStep, DoStep, IfStep, Playbook, Step, children
from irkit.model.spec import Catalogue

MINTS: Final[Mapping[Kind, frozenset[Kind]]] = {
    Kind.LONG_TERM_KEY: frozenset(
        {Kind.GET_SESSION_TOKEN, Kind.GET_FEDERATION_TOKEN, Kind.ROLE_SESSION}
    ),
    Kind.GET_SESSION_TOKEN: frozenset({Kind.ROLE_SESSION}),
    Kind.ROLE_SESSION: frozenset({Kind.CHAINED_ROLE_SESSION}),
    Kind.FEDERATED_ROLE_SESSION: frozenset({Kind.CHAINED_ROLE_SESSION}),
    Kind.INSTANCE_SESSION: frozenset({Kind.CHAINED_ROLE_SESSION}),
    Kind.EXTERNAL_TRUST: frozenset({Kind.ROLE_SESSION}),
    Kind.SAML_SIGNING_KEY: frozenset({Kind.FEDERATED_ROLE_SESSION}),
    Kind.OKTA_FACTOR: frozenset({Kind.OKTA_SESSION}),
    Kind.OKTA_IDP: frozenset({Kind.OKTA_SESSION}),
    Kind.OKTA_SESSION: frozenset({Kind.OKTA_OAUTH_TOKEN}),
    Kind.OKTA_OAUTH_TOKEN: frozenset({Kind.OKTA_ACCESS_TOKEN}),
}
"""What the holder of a credential can make with it, without exploiting anything further."""

EXPIRES: Final[Mapping[Kind, timedelta]] = {
    Kind.OKTA_ACCESS_TOKEN: timedelta(hours=1),
    Kind.GET_SESSION_TOKEN: timedelta(hours=36),
    Kind.GET_FEDERATION_TOKEN: timedelta(hours=36),
    Kind.ROLE_SESSION: timedelta(hours=12),
    Kind.FEDERATED_ROLE_SESSION: timedelta(hours=12),
    Kind.CHAINED_ROLE_SESSION: timedelta(hours=1),
    Kind.CONSOLE_SESSION: timedelta(hours=12),
}
"""How long a credential lives at most when nothing renews it.

A session of a role lives for an hour when it was entered from another role. Where two roles trust
each other, whoever is in one goes on into the other again and again: only a trace shows it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """One kind that is left. `expires` is None where it is open; `via` is what leads to it."""

    kind: Kind
    via: Kind | None
    expires: timedelta | None


def residual(
    against: Iterable[Kind], cuts: Iterable[Kind], *, federated: bool = False
) -> tuple[Residual, ...]:
    """Return what is left of `against` and of all it leads to, in the order of the kinds.

    What a cut credential has minted before lives on: a cut stops minting, not what was minted.
    """
    origin: dict[Kind, Kind | None] = dict.fromkeys(against)
    pending = list(origin)
    while pending:
        kind = pending.pop()
        minted = MINTS.get(kind, frozenset())
        if federated and kind is Kind.OKTA_SESSION:
            minted |= {Kind.FEDERATED_ROLE_SESSION}
        for made in minted - origin.keys():
            origin[made] = kind
            pending.append(made)
    left = set(origin) - set(cuts)
    return tuple(
        Residual(kind=kind, via=origin[kind], expires=EXPIRES.get(kind))
        for kind in Kind
        if kind in left
    )


def certain_cuts(
    playbook: Playbook, catalogue: Catalogue, calls: Mapping[str, Playbook] | None = None
) -> frozenset[Kind]:
    """Return what the changes on the main path cut: those under no condition and in no rescue.

    `calls` are the playbooks that a `call` can reach; what they certainly cut counts as well.
    """
    known = dict(calls or {})
    cuts: set[Kind] = set()
    for phase in playbook.phases:
        for step in _certain(phase.steps):
            if isinstance(step, CallStep):
                called = known.pop(step.playbook, None)
                cuts |= certain_cuts(called, catalogue, known) if called else frozenset()
            elif (spec := catalogue.get(step.action)) is not None:
                cuts |= {Kind(word) for word in spec.cuts if word in tuple(Kind)}
    return frozenset(cuts)


def _certain(steps: tuple[Step, ...]) -> Iterator[DoStep | CallStep]:
    for step in steps:
        if step.when is not None or isinstance(step, IfStep):
            continue
        if isinstance(step, DoStep | CallStep):
            yield step
        inside = (step.steps,) if isinstance(step, BlockStep) else children(step)
        for sequence in inside:
            yield from _certain(sequence)
