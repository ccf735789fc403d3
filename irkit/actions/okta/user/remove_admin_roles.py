"""Take every administrator role from a user, with a way back that restores their limits."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_memberships import as_filled, can_be_left, group_rules
from irkit.actions.okta_roles import (
    admin_roles,
    assign,
    assignment_id,
    role_key,
    role_state,
    user_holder,
)
from irkit.actions.okta_user import see_user, user_path, user_target
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entries, listed, text
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAdminRoles(Action):
    """Removes each role assignment of one user, one change each."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.remove_admin_roles",
        version=1,
        verb=Verb.DO,
        summary="Take all admin roles from a user",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        target="okta.admin_role",
        permissions=Permissions(
            okta_read=("okta.users.read", "okta.roles.read", "okta.groups.read"),
            okta_write=("okta.roles.manage", "okta.groups.manage"),
            only={
                "okta.groups.manage": "a group of the user's grants admin roles",
                "okta.roles.manage": "the user has admin roles",
            },
            given={"okta.groups.manage": "groups"},
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
            "Roles that come with a group stay while the user is in it, unless `groups: true`.",
            "Roles that governance grants come back by themselves.",
            "Whom a group rule had put there becomes its exception, and stays one after undo.",
            "Undo assigns a limited role first and limits it then: unlimited for a moment.",
        ),
    )

    user: str = parameter("okta.user", "The user: Okta id or login")
    groups: bool = parameter(
        "bool", "Also take the user out of groups that grant admin roles", default=False
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read direct assignments with their targets, and groups that grant roles."""
        seen = await see_user(readers, self.user)
        user = text(seen, "id")
        roles = await admin_roles(readers, user_holder(user))
        rules = await group_rules(readers)
        granting: list[Json] = []
        for group in await readers.okta.list(user_path(user, "groups")):
            group_id = text(group, "id")
            granted = await readers.okta.list(f"/api/v1/groups/{group_id}/roles")
            if granted:
                granting.append(
                    {
                        **as_filled(group, rules),
                        "roles": listed(sorted(text(role, "type") for role in granted)),
                    }
                )
        return {**seen, "roles": roles, "groups": granting}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """One change for each direct assignment and, if asked, for each granting group."""
        granting = entries(seen, "groups")
        if granting and not self.groups:
            names = ", ".join(text(group, "name") for group in granting)
            raise cannot_reach(
                f"{text(seen, 'login')} is also an administrator through the groups {names}",
                "add `groups: true` to take the user out of them, or remove the groups' roles",
            )
        foreign = [text(group, "name") for group in granting if not can_be_left(group)]
        if foreign:
            raise cannot_reach(
                f"{text(seen, 'login')} is an administrator through {', '.join(foreign)}, which is "
                "no group of Okta's own",
                "take them out of it where it comes from, or `okta.group.remove_admin_role`",
            )
        direct = tuple(
            Change(
                id=f"remove-{role_key(role)}",
                target=_role_target(seen, role),
                verb="remove admin role",
                before=role_state(role),
                after=None,
            )
            for role in entries(seen, "roles")
        )
        through = tuple(
            Change(
                id=f"leave-{text(group, 'id')}",
                target=_group_target(seen, group),
                verb="remove from group",
                before={"member": True},
                after={"member": False},
                saved={
                    "group": text(group, "name"),
                    "roles": group["roles"],
                    "rules": group["rules"],
                },
            )
            for group in granting
        )
        return (*direct, *through)

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the assignment with its limits, or whether the user is in the group."""
        if target.kind == "okta.membership":
            groups = {group["id"] for group in entries(seen, "groups")}
            return {"member": own_id(target) in groups}
        for role in entries(seen, "roles"):
            if role_key(role) == own_id(target):
                return role_state(role)
        return None

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user, the assignments and the memberships."""
        return (
            user_target(seen),
            *(_role_target(seen, role) for role in entries(seen, "roles")),
            *(_group_target(seen, group) for group in entries(seen, "groups")),
        )

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Remove one assignment, or leave one group."""
        user = owner_id(change.target)
        own = own_id(change.target)
        if change.target.kind == "okta.membership":
            reply = await writers.okta.send("DELETE", f"/api/v1/groups/{own}/users/{user}")
        else:
            assignment = await assignment_id(readers, user_holder(user), own)
            reply = await writers.okta.send("DELETE", user_path(user, "roles", assignment))
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Assign the role again with its limits, or put the user back into the group."""
        user = owner_id(change.target)
        if change.target.kind == "okta.membership":
            group = own_id(change.target)
            reply = await writers.okta.send("PUT", f"/api/v1/groups/{group}/users/{user}")
            return Applied(request_ids=(reply.request_id,), status=reply.status)
        return await assign(writers, user_holder(user), change.before)


def _role_target(seen: Seen, role: JsonObject) -> Target:
    user = user_target(seen)
    key = role_key(role)
    return owned("okta.admin_role", user, key, f"{text(role, 'type')} of {user.label}")


def _group_target(seen: Seen, group: JsonObject) -> Target:
    user = user_target(seen)
    label = f"{user.label} in {text(group, 'name')}"
    return owned("okta.membership", user, text(group, "id"), label)
