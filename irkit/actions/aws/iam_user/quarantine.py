"""Deny an IAM user everything: its keys, its console and the sessions made from its keys."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Seen
from irkit.actions.iam_principal import user_target
from irkit.actions.inline_policy import UserPolicy, deny
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine(UserPolicy):
    """Puts an explicit deny of everything on one user."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_user.quarantine",
        version=1,
        verb=Verb.DO,
        summary="Deny an IAM user everything",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.user",
        permissions=Permissions(
            iam_read=("iam:GetUser", "iam:GetUserPolicy", "iam:ListUserPolicies"),
            iam_write=("iam:DeleteUserPolicy", "iam:PutUserPolicy"),
        ),
        cuts=(
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
            Kind.GET_FEDERATION_TOKEN,
            Kind.CONSOLE_SESSION,
        ),
        does_not_cut=(
            Kind.ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.INSTANCE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        ends_sessions=True,
        attack=("T1078.004", "T1098"),
        d3fend=("D3-AL",),
        gotchas=(
            "Role sessions the user already has are not denied: revoke them on each role.",
            "An intruder with IAM rights can remove the policy in the seconds it needs to work.",
            "Watch it, or protect it by a service control policy.",
            "Inline policies of a user may have 2,048 characters together.",
        ),
    )

    @property
    def policy(self) -> str:
        """The name of irkit's quarantine."""
        return "IRKitQuarantine"

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Put the deny, unless it is there."""
        return self.put_once(seen, user_target(seen), deny())
