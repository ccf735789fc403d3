"""End every session of a role that began before now.

The console's own policy name is used, so that both find each other's work. A cut-off is only ever
moved later. It says nothing about sessions that begin afterwards: running it again moves it on.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Readers, Seen
from irkit.actions.iam_principal import role_target
from irkit.actions.iam_role_limits import editable
from irkit.actions.inline_policy import RolePolicy
from irkit.actions.session_cutoff import cutoff_document, cuts_off_at
from irkit.actions.shape import at, text
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import PROVIDER_NOW, Change
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeSessions(RolePolicy):
    """Puts a deny for all sessions issued before the provider's present time."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_role.revoke_sessions",
        version=1,
        verb=Verb.DO,
        summary="End all current sessions of a role",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.SELF_HEALING,
        target="aws.role",
        permissions=Permissions(
            iam_read=("iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies"),
            iam_write=("iam:DeleteRolePolicy", "iam:PutRolePolicy"),
        ),
        cuts=(
            Kind.ROLE_SESSION,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.INSTANCE_SESSION,
            Kind.CONSOLE_SESSION,
        ),
        does_not_cut=(
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
            Kind.EXTERNAL_TRUST,
            Kind.OKTA_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        ends_sessions=True,
        attack=("T1550.001", "T1078.004"),
        d3fend=("D3-ANCI",),
        gotchas=(
            "Ends every session of the role, workloads and colleagues included.",
            "New sessions are not blocked: close the way in first.",
            "Machines with this role stay denied until they receive newer credentials.",
            "Sessions on roles reached from this one live on: end those too.",
            "Cannot be put on service-linked roles or on roles of IAM Identity Center.",
        ),
    )

    @property
    def policy(self) -> str:
        """The name the AWS console uses for the same purpose."""
        return "AWSRevokeOlderSessions"

    async def probe(self, readers: Readers) -> Seen:
        """Read the role and its inline policies, and AWS's clock."""
        seen = await RolePolicy.probe(self, readers)
        return {**seen, "now": rfc3339(readers.aws.now())}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Move the cut-off to the moment of writing, unless it lies later still."""
        editable(seen)
        target = role_target(seen)
        if cuts_off_at(at(seen, "policies", self.policy), text(seen, "now")):
            return ()
        return (self.put(seen, target, cutoff_document(PROVIDER_NOW)),)
