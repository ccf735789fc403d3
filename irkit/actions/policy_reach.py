"""Which kinds of credential a policy cuts: computed by the access rules, not typed by hand.

A credential of each kind, which could do everything before, asks for what matters to an intruder
with the policy in place. It is cut if nothing of that is allowed any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from irkit.model.access import (
    Credential,
    CredentialKind,
    Policies,
    Policy,
    Request,
    decide,
    parse_policy,
)

WHAT_MATTERS: Final = (
    "ec2:RunInstances",
    "iam:CreateUser",
    "s3:ListAllMyBuckets",
    "secretsmanager:GetSecretValue",
    "sts:AssumeRole",
)
"""Calls whose refusal shows that a credential is of no use any more."""

USER_KINDS: Final = (
    CredentialKind.LONG_TERM_KEY,
    CredentialKind.GET_SESSION_TOKEN,
    CredentialKind.GET_FEDERATION_TOKEN,
)
"""What an IAM user's policies bind."""

ROLE_KINDS: Final = (
    CredentialKind.ROLE_SESSION,
    CredentialKind.FEDERATED_ROLE_SESSION,
    CredentialKind.CHAINED_ROLE_SESSION,
    CredentialKind.INSTANCE_SESSION,
)
"""What a role's policies bind."""

EVERYTHING: Final = parse_policy(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)
"""A policy that allows everything."""

_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The moment at which policies are judged; sessions began an hour before it."""

_ACCOUNT: Final = "123456789012"
SESSION: Final = "intruder@example.com"
"""The session name of the intruder that policies are judged with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a policy does to credentials that could do everything."""

    cuts: tuple[CredentialKind, ...]
    leaves: tuple[CredentialKind, ...]


def reach(
    kinds: Iterable[CredentialKind],
    *,
    identity: Policy | None = None,
    boundary: Policy | None = None,
    scp: Policy | None = None,
) -> Reach:
    """Return which of `kinds` a policy cuts that is put on them in one of the three ways."""
    policies = Policies(
        identity=(EVERYTHING,) if identity is None else (EVERYTHING, identity),
        boundary=boundary,
        scps=() if scp is None else ((EVERYTHING, scp),),
    )
    asked = tuple(kinds)
    cut = tuple(kind for kind in asked if _is_cut(kind, policies))
    return Reach(cuts=cut, leaves=tuple(kind for kind in asked if kind not in cut))


def _is_cut(kind: CredentialKind, policies: Policies) -> bool:
    credential = _credential(kind)
    return not any(
        decide(credential, policies, Request(action=action, time=_NOW)).allowed
        for action in WHAT_MATTERS
    )


def _credential(kind: CredentialKind) -> Credential:
    is_user = kind in USER_KINDS
    principal = "user" if is_user else "role"
    return Credential(
        kind=kind,
        account=_ACCOUNT,
        principal_arn=f"arn:aws:iam::{_ACCOUNT}:{principal}/intruder",
        user_id="AIDAINTRUDER" if is_user else f"AROAINTRUDER:{_session_name(kind)}",
        name="intruder",
        session_name="" if is_user else _session_name(kind),
        issued_at=None if kind is CredentialKind.LONG_TERM_KEY else _NOW - timedelta(hours=1),
        federated_provider=(
            f"arn:aws:iam::{_ACCOUNT}:saml-provider/idp"
            if kind is CredentialKind.FEDERATED_ROLE_SESSION
            else ""
        ),
    )


def _session_name(kind: CredentialKind) -> str:
    """The identity provider sets a person's name; in every other role it is chosen freely."""
    return SESSION if kind is CredentialKind.FEDERATED_ROLE_SESSION else "anything"
