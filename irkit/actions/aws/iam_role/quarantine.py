"""Deny a role everything: all who use it, now and later."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Seen
from irkit.actions.iam_principal import role_target
from irkit.actions.iam_role_limits import editable
from irkit.actions.inline_policy import RolePolicy, deny
from irkit.actions.policy_reach import ROLE_KINDS, reach
from irkit.model.access import parse_policy
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_REACH: Final = reach(ROLE_KINDS, identity=parse_policy(deny(), "quarantine"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine(RolePolicy):
    """Puts an explicit deny of everything on one role."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_role.quarantine",
        version=1,
        verb=Verb.DO,
        summary="Deny a role everything",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.role",
        permissions=Permissions(
            iam_read=("iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies"),
            iam_write=("iam:DeleteRolePolicy", "iam:PutRolePolicy"),
        ),
        cuts=(*_REACH.cuts, Kind.CONSOLE_SESSION),
        does_not_cut=(
            *_REACH.leaves,
            Kind.EXTERNAL_TRUST,
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
            Kind.GET_FEDERATION_TOKEN,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        ends_sessions=True,
        attack=("T1078.004",),
        d3fend=("D3-AL",),
        gotchas=(
            "Every workload and colleague on the role stops: deny_session cuts one person off.",
            "The role can still be entered, to no use: lock its trust as well.",
            "Sessions on other roles that were entered from this one live on.",
            "An intruder with IAM rights can remove the policy in the seconds it needs to work.",
            "Cannot be put on service-linked roles or on roles of IAM Identity Center.",
        ),
    )

    @property
    def policy(self) -> str:
        """The name of irkit's quarantine."""
        return "IRKitQuarantine"

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Put the deny, unless it is there."""
        editable(seen)
        return self.put_once(seen, role_target(seen), deny())
