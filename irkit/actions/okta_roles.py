"""Administrator roles of an Okta user: read with their limits, assigned again with them."""

from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.okta_user import user_path
from irkit.actions.refusal import no_such
from irkit.actions.shape import listed, maybe_text, text, texts
from irkit.canonical import Json, JsonObject
from irkit.providers.call import Reply


async def admin_roles(readers: Readers, user_id: str) -> tuple[JsonObject, ...]:
    """Return the user's direct assignments: type, custom role and resource set, and limits."""
    found: list[JsonObject] = []
    for item in await readers.okta.list(user_path(user_id, "roles")):
        if maybe_text(item, "assignmentType") == "GROUP":
            continue
        found.append(await _with_limits(readers, user_id, item))
    return tuple(sorted(found, key=role_key))


def role_key(role: JsonObject) -> str:
    """Return what names an assignment whatever its id: an undone removal gets a new one."""
    if role["type"] != "CUSTOM":
        return text(role, "type")
    return f"CUSTOM:{text(role, 'role')}:{text(role, 'resource_set')}"


def role_state(role: JsonObject) -> JsonObject:
    """Return the assignment without its id."""
    return {key: value for key, value in role.items() if key != "id"}


async def assignment_id(readers: Readers, user_id: str, key: str) -> str:
    """Return the present id of the assignment that `key` names.

    Raises:
        IrkitError: if there is none any more.
    """
    for role in await admin_roles(readers, user_id):
        if role_key(role) == key:
            return text(role, "id")
    raise no_such("admin role of the user", key, "it was removed meanwhile: plan again")


async def assign(writers: Writers, user_id: str, role: Json) -> Applied:
    """Assign `role` to the user, then its limits."""
    custom = {"role": text(role, "role"), "resource-set": text(role, "resource_set")}
    replies = [
        await writers.okta.send(
            "POST",
            user_path(user_id, "roles"),
            query={"disableNotifications": "true"},
            body={"type": text(role, "type"), **(custom if custom["role"] else {})},
        )
    ]
    assignment = text(replies[0].body, "id")
    replies += [
        await _limit(writers, user_id, assignment, "groups", group)
        for group in texts(role, "group_limits")
    ]
    replies += [
        await _limit(writers, user_id, assignment, "catalog/apps", app)
        for app in texts(role, "app_limits")
    ]
    return Applied(
        outputs={"assignment": assignment},
        request_ids=tuple(reply.request_id for reply in replies),
        status=replies[-1].status,
    )


async def _limit(writers: Writers, user_id: str, assignment: str, kind: str, item: str) -> Reply:
    path = user_path(user_id, "roles", assignment)
    return await writers.okta.send("PUT", f"{path}/targets/{kind}/{item}")


async def _with_limits(readers: Readers, user_id: str, item: JsonObject) -> JsonObject:
    assignment, kind = text(item, "id"), text(item, "type")
    path = user_path(user_id, "roles", assignment)
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
