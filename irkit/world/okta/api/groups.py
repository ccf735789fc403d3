"""Groups and their members."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from irkit.canonical import Json
from irkit.world.okta import errors, expressions
from irkit.world.okta.callers import user_party
from irkit.world.okta.group_rules import except_from_rules
from irkit.world.okta.paging import page
from irkit.world.okta.records import Group
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import app_json, group_json, group_party, moment, user_json

GROUPS_LIMIT = 10_000
MEMBERS_LIMIT = 1000


@route("GET", "/api/v1/groups", area="groups")
def list_groups(ask: Ask) -> Reply:
    """List groups, by `q` (start of the name), `search` or `filter`."""
    return page(
        ask,
        _selected(ask),
        key=lambda group: group.id,
        show=lambda group: group_json(group, ask.base),
        default=GROUPS_LIMIT,
    )


@route("POST", "/api/v1/groups", area="groups")
def create_group(ask: Ask) -> Reply:
    """Create a group."""
    name, description = _profile(ask)
    if any(group.name == name for group in ask.tables.groups.values()):
        raise errors.invalid(
            "name", "name: An object with this field already exists in the current organization"
        )
    group = ask.tables.groups[ask.state.add_group(name, description)]
    ask.happened("group.lifecycle.create", "Create Okta group", group_party(group))
    return Reply(body=group_json(group, ask.base))


@route("GET", "/api/v1/groups/{groupId}", area="groups")
def get_group(ask: Ask) -> Reply:
    """Show a group."""
    return Reply(body=group_json(ask.tables.group(ask.params["groupId"]), ask.base))


@route("PUT", "/api/v1/groups/{groupId}", area="groups")
def replace_group(ask: Ask) -> Reply:
    """Replace a group's profile."""
    group = _changeable(ask)
    name, description = _profile(ask)
    changed = replace(group, name=name, description=description, last_updated=ask.state.now())
    ask.tables.groups[group.id] = changed
    ask.happened("group.profile.update", "Update Okta group profile", group_party(changed))
    return Reply(body=group_json(changed, ask.base))


@route("DELETE", "/api/v1/groups/{groupId}", area="groups")
def delete_group(ask: Ask) -> Reply:
    """Delete a group."""
    group = _changeable(ask)
    for user_id in tuple(ask.tables.members.get(group.id, {})):
        ask.tables.leave(group.id, user_id)
    ask.tables.roles.pop(group.id, None)
    for assignments in ask.tables.app_groups.values():
        assignments.pop(group.id, None)
    del ask.tables.groups[group.id]
    ask.happened("group.lifecycle.delete", "Delete Okta group", group_party(group))
    return NO_CONTENT


@route("GET", "/api/v1/groups/{groupId}/users", area="groups")
def list_members(ask: Ask) -> Reply:
    """List the members of a group."""
    group = ask.tables.group(ask.params["groupId"])
    members = [ask.tables.users[user_id] for user_id in ask.tables.members.get(group.id, {})]
    return page(
        ask,
        members,
        key=lambda user: user.id,
        show=lambda user: user_json(user, ask.base, brief=True),
        default=MEMBERS_LIMIT,
    )


@route("PUT", "/api/v1/groups/{groupId}/users/{userId}", area="groups")
def add_member(ask: Ask) -> Reply:
    """Add a user to a group."""
    group, user = _changeable(ask), ask.user("userId")
    ask.tables.join(group.id, user.id)
    _touch(ask, group)
    ask.happened(
        "group.user_membership.add",
        "Add user to group membership",
        user_party(user),
        group_party(group),
    )
    return NO_CONTENT


@route("DELETE", "/api/v1/groups/{groupId}/users/{userId}", area="groups")
def remove_member(ask: Ask) -> Reply:
    """Remove a user from a group; an active rule that matches has them as an exception from now."""
    group, user = _changeable(ask), ask.user("userId")
    ask.tables.leave(group.id, user.id)
    _touch(ask, group)
    ask.happened(
        "group.user_membership.remove",
        "Remove user from group membership",
        user_party(user),
        group_party(group),
    )
    for rule in except_from_rules(ask.tables, group.id, user):
        target = Party(id=rule.id, kind="GroupRule", alternate_id="unknown", name=rule.name)
        ask.happened(
            "group.user_membership.rule.add_exclusion",
            "User added to exclusion list for group rule",
            user_party(user),
            target,
        )
    return NO_CONTENT


@route("GET", "/api/v1/groups/{groupId}/apps", area="groups")
def list_group_apps(ask: Ask) -> Reply:
    """List the applications assigned to a group."""
    group = ask.tables.group(ask.params["groupId"])
    held = [
        ask.tables.apps[app_id]
        for app_id, groups in ask.tables.app_groups.items()
        if group.id in groups
    ]
    return page(
        ask, held, key=lambda app: app.id, show=lambda app: app_json(app, ask.base), default=20
    )


@route("GET", "/api/v1/users/{id}/groups", area="users")
def list_user_groups(ask: Ask) -> Reply:
    """List the groups of a user."""
    user = ask.user()
    mine = [ask.tables.groups[group_id] for group_id in ask.tables.memberships.get(user.id, {})]
    return page(
        ask,
        mine,
        key=lambda group: group.id,
        show=lambda group: group_json(group, ask.base),
        default=200,
    )


def _profile(ask: Ask) -> tuple[str, str]:
    given = ask.object().get("profile")
    if not isinstance(given, dict) or not given.get("name"):
        raise errors.invalid("name", "name: The field cannot be left blank")
    return str(given["name"]), str(given.get("description") or "")


def _changeable(ask: Ask) -> Group:
    group = ask.tables.group(ask.params["groupId"])
    if group.kind != "OKTA_GROUP":
        raise errors.wrong_group_kind()
    return group


def _touch(ask: Ask, group: Group) -> None:
    ask.tables.groups[group.id] = replace(group, last_membership_updated=ask.state.now())


def _selected(ask: Ask) -> list[Group]:
    groups = list(ask.tables.groups.values())
    if text := ask.query.get("search") or ask.query.get("filter"):
        holds = expressions.parse(text, fold=True)
        return [group for group in groups if holds(_lookup(group))]
    start = ask.query.get("q", "").casefold()
    return [group for group in groups if group.name.casefold().startswith(start)]


_SEARCHABLE: Mapping[str, Callable[[Group], Json]] = {
    "id": lambda group: group.id,
    "type": lambda group: group.kind,
    "profile.name": lambda group: group.name,
    "profile.description": lambda group: group.description,
    "lastUpdated": lambda group: moment(group.last_updated),
    "lastMembershipUpdated": lambda group: moment(group.last_membership_updated),
}


def _lookup(group: Group) -> expressions.Lookup:
    def values(path: str) -> Iterable[Json]:
        if (value := _SEARCHABLE.get(path)) is None:
            raise errors.bad_search()
        return (value(group),)

    return values
