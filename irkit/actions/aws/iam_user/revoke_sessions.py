"""End every session made from a user's keys before now, without touching the keys.

A cut-off is only ever moved later. The user's keys go on working: they carry no time of issue.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Readers, Seen
from irkit.actions.iam_principal import user_target
from irkit.actions.inline_policy import UserPolicy
from irkit.actions.policy_reach import USER_KINDS, reach
from irkit.actions.session_cutoff import cutoff_document, cuts_off_at
from irkit.actions.shape import at, text
from irkit.clock import rfc3339
from irkit.model.access import parse_policy
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import PROVIDER_NOW, Change
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_REACH: Final = reach(
    USER_KINDS, identity=parse_policy(cutoff_document("2026-01-01T00:00:00Z"), "cut-off")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeSessions(UserPolicy):
    """Puts a deny for all sessions issued before the provider's present time."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_user.revoke_sessions",
        version=1,
        verb=Verb.DO,
        summary="End all current sessions of an IAM user",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.SELF_HEALING,
        target="aws.user",
        permissions=Permissions(
            iam_read=("iam:GetUser", "iam:GetUserPolicy", "iam:ListUserPolicies"),
            iam_write=("iam:DeleteUserPolicy", "iam:PutUserPolicy"),
        ),
        cuts=_REACH.cuts,
        does_not_cut=(*_REACH.leaves, Kind.ROLE_SESSION, Kind.CHAINED_ROLE_SESSION),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        ends_sessions=True,
        attack=("T1550.001", "T1078.004"),
        d3fend=("D3-ANCI",),
        gotchas=(
            "The user's access keys go on working and make new sessions: switch them off as well.",
            "Role sessions the user already has live on: revoke them on each role.",
            "Its undo brings unexpired sessions back to life.",
            "Inline policies of a user may have 2,048 characters together.",
        ),
    )

    @property
    def policy(self) -> str:
        """The name of irkit's cut-off."""
        return "IRKitRevokeOlderSessions"

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and its inline policies, and AWS's clock."""
        seen = await UserPolicy.probe(self, readers)
        return {**seen, "now": rfc3339(readers.aws.now())}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Move the cut-off to the moment of writing, unless it lies later still."""
        if cuts_off_at(at(seen, "policies", self.policy), text(seen, "now")):
            return ()
        return (self.put(seen, user_target(seen), cutoff_document(PROVIDER_NOW)),)
