"""Admin roles of a user, group or client: read with their limits, assigned again with them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.okta_user import user_path
from irkit.actions.refusal import no_such
from irkit.actions.shape import entries, listed, maybe_text, text, texts
from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic
from irkit.providers.call import CallError, Outcome

SUPER_ADMIN: Final = "SUPER_ADMIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds roles: the API path, and what the list of roles there is like.

    The list of a user has those of the user's groups as well. Assigning to users and groups
    sends mail, unless told not to.
    """

    path: str
    through_groups: bool = False
    notified: bool = True


def user_holder(user_id: str) -> Holder:
    """Return the user with that id as a holder of roles."""
    return Holder(path=user_path(user_id), through_groups=True)


async def admin_roles(readers: Readers, holder: Holder) -> tuple[JsonObject, ...]:
    """Return the holder's own assignments: type, custom role and resource set, and limits."""
    found: list[JsonObject] = []
    for item in await readers.okta.list(f"{holder.path}/roles"):
        if holder.through_groups and maybe_text(item, "assignmentType") == "GROUP":
            continue
        found.append(await _with_limits(readers, holder, item))
    return tuple(sorted(found, key=role_key))


async def role_holders(readers: Readers) -> tuple[str, ...]:
    """Return the ids of users who have any admin role; this list has its pages in its body.

    Raises:
        CallError: if Okta does not say, or not to the end.
    """
    ids: list[str] = []
    query = {"limit": "100"}
    seen: set[str] = set()
    while True:
        reply = await readers.okta.get("/api/v1/iam/assignees/users", query)
        ids += [text(item, "id") for item in entries(reply.body, "value")]
        following = maybe_text(reply.body, "_links", "next", "href")
        after = parse_qs(urlsplit(following).query).get("after", [""])[0]
        if not after:
            return tuple(ids)
        if after in seen:
            raise CallError(
                Diagnostic(code="IRK516", summary="Okta: the list of administrators does not end"),
                outcome=Outcome.SUSPICIOUS,
            )
        seen.add(after)
        query["after"] = after


def role_key(role: JsonObject) -> str:
    """Return what names an assignment whatever its id: an undone removal gets a new one."""
    if role["type"] != "CUSTOM":
        return text(role, "type")
    return f"CUSTOM:{text(role, 'role')}:{text(role, 'resource_set')}"


def role_state(role: JsonObject) -> JsonObject:
    """Return the assignment without its id."""
    return {key: value for key, value in role.items() if key != "id"}


async def assignment_id(readers: Readers, holder: Holder, key: str) -> str:
    """Return the present id of the assignment that `key` names.

    Raises:
        IrkitError: if there is none any more.
    """
    for role in await admin_roles(readers, holder):
        if role_key(role) == key:
            return text(role, "id")
    raise no_such("assigned admin role", key, "it was removed meanwhile: plan again")


async def assign(writers: Writers, holder: Holder, role: Json) -> Applied:
    """Assign `role` to the holder, then its limits; where they fail, the role is taken away again.

    Raises:
        CallError: if it is not there with all its limits; nobody is left with an unlimited one.
    """
    custom = {"role": text(role, "role"), "resource-set": text(role, "resource_set")}
    replies = [
        await writers.okta.send(
            "POST",
            f"{holder.path}/roles",
            query={"disableNotifications": "true"} if holder.notified else None,
            body={"type": text(role, "type"), **(custom if custom["role"] else {})},
        )
    ]
    assignment = text(replies[0].body, "id")
    limits = [
        *(f"groups/{group}" for group in texts(role, "group_limits")),
        *(f"catalog/apps/{app}" for app in texts(role, "app_limits")),
    ]
    path = f"{holder.path}/roles/{assignment}"
    try:
        replies += [await writers.okta.send("PUT", f"{path}/targets/{limit}") for limit in limits]
    except CallError:
        await writers.okta.send("DELETE", path)
        raise
    return Applied(
        outputs={"assignment": assignment},
        request_ids=tuple(reply.request_id for reply in replies),
        status=replies[-1].status,
    )


async def _with_limits(readers: Readers, holder: Holder, item: JsonObject) -> JsonObject:
    assignment, kind = text(item, "id"), text(item, "type")
    path = f"{holder.path}/roles/{assignment}"
    groups: list[JsonObject] = []
    apps: list[JsonObject] = []
    if kind in _LIMITED_BY_GROUPS:
        groups = await readers.okta.list(f"{path}/targets/groups")
    if kind in _LIMITED_BY_APPS:
        apps = await readers.okta.list(f"{path}/targets/catalog/apps")
    return {
        "id": assignment,
        "type": kind,
        "role": maybe_text(item, "role"),
        "resource_set": maybe_text(item, "resource-set"),
        "group_limits": listed(sorted(text(group, "id") for group in groups)),
        "app_limits": listed(sorted(_app_limit(app) for app in apps)),
    }


def _app_limit(app: JsonObject) -> str:
    """Return the catalogue name, with the instance's id where the limit is one instance."""
    instance = maybe_text(app, "id")
    return f"{text(app, 'name')}/{instance}" if instance else text(app, "name")


_LIMITED_BY_GROUPS = frozenset({"USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"})
_LIMITED_BY_APPS = frozenset({"APP_ADMIN"})
