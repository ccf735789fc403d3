"""Take an IAM user out of its groups, and with it out of what they give."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.aws_calls import all_of, sent
from irkit.actions.base import Applied, Readers, Seen, Writers
from irkit.actions.iam_principal import see_user, user_target
from irkit.actions.iam_user_action import UserAction
from irkit.actions.shape import entries, listed, text
from irkit.actions.touches import own_id, owned
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFromGroups(UserAction):
    """Ends each membership, and gives it back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_user.remove_from_groups",
        version=1,
        verb=Verb.DO,
        summary="Take an IAM user out of all groups",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.group_membership",
        permissions=Permissions(
            iam_read=("iam:GetUser", "iam:ListGroupsForUser"),
            iam_write=("iam:AddUserToGroup", "iam:RemoveUserFromGroup"),
        ),
        does_not_cut=(
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
            Kind.GET_FEDERATION_TOKEN,
            Kind.CONSOLE_SESSION,
            Kind.ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        attack=("T1098.003",),
        d3fend=("D3-AL",),
        gotchas=(
            "What the user's own policies allow stays: quarantine the user to contain it.",
            "A deny that came from a group is gone as well.",
        ),
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and its groups."""
        user = self.principal
        groups = await all_of(
            readers,
            "iam",
            "list_groups_for_user",
            "Groups",
            {"UserName": user.name},
            account=user.account,
        )
        return {
            **await see_user(readers, user),
            "groups": listed(
                {"id": text(group, "GroupId"), "name": text(group, "GroupName")} for group in groups
            ),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """End each membership."""
        return tuple(
            Change(
                id=f"leave-{text(group, 'name')}",
                target=_membership(seen, group),
                verb="leave group",
                before={"member": True},
                after={"member": False},
                saved={"group": text(group, "name")},
            )
            for group in entries(seen, "groups")
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return whether the user is in the group."""
        return {"member": own_id(target) in {group["id"] for group in entries(seen, "groups")}}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the memberships, or the user without any."""
        found = tuple(_membership(seen, group) for group in entries(seen, "groups"))
        return found or (user_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Leave the group."""
        return await self._send(writers, "remove_user_from_group", change)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Come back into the group."""
        return await self._send(writers, "add_user_to_group", change)

    async def _send(self, writers: Writers, operation: str, change: Change) -> Applied:
        user = self.principal
        named = {"UserName": user.name, "GroupName": text(change.saved, "group")}
        return await sent(writers, "iam", operation, named, account=user.account)


def _membership(seen: Seen, group: JsonObject) -> Target:
    user = user_target(seen)
    label = f"{user.label} in group {text(group, 'name')}"
    return owned("aws.group_membership", user, text(group, "id"), label)
