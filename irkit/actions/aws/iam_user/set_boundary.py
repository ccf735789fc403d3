"""Bound an IAM user by a policy that denies everything, where there is no room for an inline one.

The boundary is AWS's own policy `AWSDenyAll`: nobody can change it, and none has to be made.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.aws_calls import sent
from irkit.actions.base import Applied, Readers, Seen, Writers
from irkit.actions.iam_principal import fetch_user, see_user, user_target
from irkit.actions.iam_user_action import UserAction
from irkit.actions.inline_policy import deny
from irkit.actions.policy_reach import USER_KINDS, reach
from irkit.actions.shape import at, maybe_text, text
from irkit.canonical import Json
from irkit.model.access import parse_policy
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_REACH: Final = reach(USER_KINDS, boundary=parse_policy(deny(), "AWSDenyAll"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBoundary(UserAction):
    """Sets the boundary, and gives the former one back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_user.set_boundary",
        version=1,
        verb=Verb.DO,
        summary="Deny an IAM user everything by a permissions boundary",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.user",
        permissions=Permissions(
            iam_read=("iam:GetUser",),
            iam_write=("iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"),
        ),
        cuts=(*_REACH.cuts, Kind.CONSOLE_SESSION),
        does_not_cut=(*_REACH.leaves, Kind.ROLE_SESSION, Kind.CHAINED_ROLE_SESSION),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        ends_sessions=True,
        attack=("T1078.004",),
        d3fend=("D3-AL",),
        gotchas=(
            "Role sessions the user already has are not denied: revoke them on each role.",
            "An intruder with IAM rights can remove it in the seconds it needs to work.",
            "A user has one boundary: the former one does not bind meanwhile, which is no loss.",
        ),
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and its boundary."""
        record = await fetch_user(readers, self.principal)
        boundary = maybe_text(record, "PermissionsBoundary", "PermissionsBoundaryArn")
        return {**await see_user(readers, self.principal), "boundary": boundary or None}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Set the boundary, unless it is set."""
        target = user_target(seen)
        after: Json = {"boundary": _deny_all(seen)}
        if self.state(seen, target) == after:
            return ()
        return (
            Change(
                id="set-boundary",
                target=target,
                verb="set boundary",
                before=self.state(seen, target),
                after=after,
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the ARN of the boundary, None without one."""
        return {"boundary": seen["boundary"]}

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set the boundary."""
        return await self._set(writers, text(change.after, "boundary"))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Set the former boundary, or remove it."""
        before = at(change.before, "boundary")
        if isinstance(before, str):
            return await self._set(writers, before)
        user = self.principal
        return await sent(
            writers,
            "iam",
            "delete_user_permissions_boundary",
            {"UserName": user.name},
            account=user.account,
        )

    async def _set(self, writers: Writers, arn: str) -> Applied:
        user = self.principal
        return await sent(
            writers,
            "iam",
            "put_user_permissions_boundary",
            {"UserName": user.name, "PermissionsBoundary": arn},
            account=user.account,
        )


def _deny_all(seen: Seen) -> str:
    """Return AWS's own policy in the user's partition."""
    partition = text(seen, "arn").split(":")[1]
    return f"arn:{partition}:iam::aws:policy/AWSDenyAll"
