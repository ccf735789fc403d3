"""Deny one named session of a role, and leave everybody else on the role alone."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.arn import Principal, principal
from irkit.actions.base import Readers, Seen, parameter
from irkit.actions.iam_principal import role_target, see_role
from irkit.actions.iam_role_limits import editable
from irkit.actions.inline_policy import InlinePolicy, deny
from irkit.actions.shape import text
from irkit.actions.touches import owned
from irkit.canonical import JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class DenySession(InlinePolicy):
    """Puts a deny for `ROLEID:session` on one role; each session name has its own policy."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_role.deny_session",
        version=1,
        verb=Verb.DO,
        summary="Deny one person's sessions on a role",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.role_session",
        permissions=Permissions(
            iam_read=("iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies"),
            iam_write=("iam:DeleteRolePolicy", "iam:PutRolePolicy"),
        ),
        cuts=(Kind.FEDERATED_ROLE_SESSION, Kind.CONSOLE_SESSION),
        does_not_cut=(
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
            Kind.ROLE_SESSION,
            Kind.OKTA_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        ends_sessions=True,
        attack=("T1550.001", "T1199"),
        d3fend=("D3-AL", "D3-ANCI"),
        gotchas=(
            "Only a name that the identity provider sets can be relied on.",
            "Whoever calls AssumeRole without it chooses the name.",
            "Sessions on other roles, reached from this one, live on.",
            "Cannot be put on service-linked roles or on roles of IAM Identity Center.",
        ),
    )

    role: str = parameter("aws.role", "The role: ARN, or name with `account`")
    session: str = parameter("text", "The session's name, as the identity provider sets it")
    account: str = parameter("aws.account", "The account, where `role` is no ARN", default="")

    @property
    def principal(self) -> Principal:
        """The role."""
        return principal("role", self.role, self.account)

    @property
    def kind(self) -> str:
        """A role."""
        return "role"

    @property
    def policy(self) -> str:
        """A name of irkit's that belongs to this session name."""
        return f"IRKitDeny-{hashlib.sha256(self.session.encode()).hexdigest()[:16]}"

    async def probe(self, readers: Readers) -> Seen:
        """Read the role and its inline policies."""
        return {
            **await see_role(readers, self.principal),
            "policies": await self.policies(readers),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Put the deny, unless it is there."""
        editable(seen)
        return self.put_once(seen, self._target(seen), self._document(seen))

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the session name on this role."""
        return (self._target(seen),)

    def _document(self, seen: Seen) -> JsonObject:
        user_id = f"{text(seen, 'id')}:{self.session}"
        return deny({"StringEquals": {"aws:userid": user_id}})

    def _target(self, seen: Seen) -> Target:
        role = role_target(seen)
        return owned("aws.role_session", role, self.session, f"{self.session} on {role.label}")
