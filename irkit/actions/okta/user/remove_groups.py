"""Take a user out of groups, and with it out of what the groups give."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_user import see_user, user_path, user_target
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entries, listed, maybe_text, text, texts
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_CHANGEABLE: Final = "OKTA_GROUP"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveGroups(Action):
    """Ends one user's memberships, one change each, and gives them back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.remove_groups",
        version=1,
        verb=Verb.DO,
        summary="Take a user out of their groups",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
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
            "A group rule that matches puts the user back at once: what it saved names the rules.",
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
        rules = await readers.okta.list("/api/v1/groups/rules")
        return {
            **seen,
            "groups": listed(_group(group, rules) for group in groups if self._means(group)),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Leave each group that can be left; a directory's group that was named is refused."""
        groups = entries(seen, "groups")
        if self.group and groups and text(groups[0], "kind") != _CHANGEABLE:
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
            if text(group, "kind") == _CHANGEABLE
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


def _group(group: JsonObject, rules: list[JsonObject]) -> JsonObject:
    group_id = text(group, "id")
    filling = [
        maybe_text(rule, "name")
        for rule in rules
        if maybe_text(rule, "status") == "ACTIVE"
        and group_id in texts(rule, "actions", "assignUserToGroups", "groupIds")
    ]
    return {
        "id": group_id,
        "name": text(group, "profile", "name"),
        "kind": text(group, "type"),
        "rules": listed(sorted(filling)),
    }


async def _send(writers: Writers, method: str, change: Change) -> Applied:
    user, group = owner_id(change.target), own_id(change.target)
    reply = await writers.okta.send(method, f"/api/v1/groups/{group}/users/{user}")
    return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(seen: Seen, group: JsonObject) -> Target:
    user = user_target(seen)
    label = f"{user.label} in {text(group, 'name')}"
    return owned("okta.membership", user, text(group, "id"), label)
