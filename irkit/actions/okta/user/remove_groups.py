"""Take a user out of groups, and with it out of what the groups give."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_memberships import as_filled, can_be_left, group_rules
from irkit.actions.okta_user import see_user, user_path, user_target
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entries, listed, text
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveGroups(Action):
    """Ends one user's memberships, one change each, and gives them back.

    What it saved names the rules that fill each group.
    """

    spec: ClassVar[Spec] = Spec(
        id="okta.user.remove_groups",
        version=1,
        verb=Verb.DO,
        summary="Take a user out of their groups",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        target="okta.membership",
        permissions=Permissions(
            okta_read=("okta.users.read", "okta.groups.read"), okta_write=("okta.groups.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1098.003",),
        d3fend=("D3-AL",),
        gotchas=(
            "Whom a group rule had put there becomes its exception, and stays one after undo.",
            "Groups that belong to a directory or an application are changed there.",
            "Applications hear of it minutes later; sessions there live on.",
        ),
    )

    user: str = parameter("okta.user", "The user: Okta id or login")
    group: str = parameter("okta.group", "Only this group; empty for all", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read the memberships, and the rules that fill the groups."""
        seen = await see_user(readers, self.user)
        groups = await readers.okta.list(user_path(text(seen, "id"), "groups"))
        rules = await group_rules(readers)
        return {
            **seen,
            "groups": listed(as_filled(group, rules) for group in groups if self._means(group)),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Leave each group that can be left; a directory's group that was named is refused."""
        groups = entries(seen, "groups")
        if self.group and groups and not can_be_left(groups[0]):
            raise cannot_reach(
                f"{text(groups[0], 'name')} is no group of Okta's own ({groups[0]['kind']})",
                "take the user out of it in the directory or application it comes from",
            )
        return tuple(
            Change(
                id=f"leave-{text(group, 'id')}",
                target=_target(seen, group),
                verb="leave group",
                before={"member": True},
                after={"member": False},
                saved={"group": text(group, "name"), "rules": group["rules"]},
            )
            for group in groups
            if can_be_left(group)
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Say whether the user is a member."""
        return {"member": own_id(target) in {group["id"] for group in entries(seen, "groups")}}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user and the memberships."""
        return (user_target(seen), *(_target(seen, group) for group in entries(seen, "groups")))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Leave one group."""
        return await _send(writers, "DELETE", change)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Come back."""
        return await _send(writers, "PUT", change)

    def _means(self, group: JsonObject) -> bool:
        return self.group in {"", text(group, "id")}


async def _send(writers: Writers, method: str, change: Change) -> Applied:
    user, group = owner_id(change.target), own_id(change.target)
    reply = await writers.okta.send(method, f"/api/v1/groups/{group}/users/{user}")
    return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(seen: Seen, group: JsonObject) -> Target:
    user = user_target(seen)
    label = f"{user.label} in {text(group, 'name')}"
    return owned("okta.membership", user, text(group, "id"), label)
