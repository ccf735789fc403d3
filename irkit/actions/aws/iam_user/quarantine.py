"""Deny an IAM user everything: its keys, its console and the sessions made from its keys."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.arn import Principal, principal
from irkit.actions.base import Readers, Seen, parameter
from irkit.actions.iam_principal import see_user, user_target
from irkit.actions.inline_policy import InlinePolicy, deny
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine(InlinePolicy):
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

    user: str = parameter("aws.user", "The user: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `user` is no ARN", default="")

    @property
    def principal(self) -> Principal:
        """The user."""
        return principal("user", self.user, self.account)

    @property
    def kind(self) -> str:
        """A user."""
        return "user"

    @property
    def policy(self) -> str:
        """The name of irkit's quarantine."""
        return "IRKitQuarantine"

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and its inline policies."""
        return {
            **await see_user(readers, self.principal),
            "policies": await self.policies(readers),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Put the deny, unless it is there."""
        target = user_target(seen)
        if self.state(seen, target) == {self.policy: deny()}:
            return ()
        return (self.put(seen, target, deny()),)

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user."""
        return (user_target(seen),)
