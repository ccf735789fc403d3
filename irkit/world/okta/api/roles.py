"""Admin roles of users, groups and OAuth clients, and the list of users who have any."""

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors
from irkit.world.okta.callers import user_party
from irkit.world.okta.directory import ROLE_LABELS
from irkit.world.okta.paging import link, read_limit
from irkit.world.okta.records import Role
from irkit.world.okta.role_holders import Holder, client_holder, group_holder, user_holder
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import moment


@route("GET", "/api/v1/users/{userId}/roles", area="roles")
def list_user_roles(ask: Ask) -> Reply:
    """List the roles of a user; those that come through a group say GROUP."""
    holder = user_holder(ask)
    roles = ask.tables.effective_roles(holder.id)
    return Reply(body=[role_json(role, holder, ask.base) for role in roles])


@route("GET", "/api/v1/groups/{groupId}/roles", area="roles")
def list_group_roles(ask: Ask) -> Reply:
    """List the roles of a group."""
    return _listed(ask, group_holder(ask))


@route("GET", "/oauth2/v1/clients/{clientId}/roles", area="roles")
def list_client_roles(ask: Ask) -> Reply:
    """List the roles of a client."""
    return _listed(ask, client_holder(ask))


@route("GET", "/api/v1/users/{userId}/roles/{roleAssignmentId}", area="roles")
def get_user_role(ask: Ask) -> Reply:
    """Show one role of a user."""
    return _shown(ask, user_holder(ask))


@route("GET", "/api/v1/groups/{groupId}/roles/{roleAssignmentId}", area="roles")
def get_group_role(ask: Ask) -> Reply:
    """Show one role of a group."""
    return _shown(ask, group_holder(ask))


@route("GET", "/oauth2/v1/clients/{clientId}/roles/{roleAssignmentId}", area="roles")
def get_client_role(ask: Ask) -> Reply:
    """Show one role of a client."""
    return _shown(ask, client_holder(ask))


@route("POST", "/api/v1/users/{userId}/roles", area="roles")
def assign_user_role(ask: Ask) -> Reply:
    """Give a role to a user."""
    return _assigned(ask, user_holder(ask), "user.account.privilege.grant")


@route("POST", "/api/v1/groups/{groupId}/roles", area="roles")
def assign_group_role(ask: Ask) -> Reply:
    """Give a role to a group."""
    return _assigned(ask, group_holder(ask), "group.privilege.grant")


@route("POST", "/oauth2/v1/clients/{clientId}/roles", area="roles")
def assign_client_role(ask: Ask) -> Reply:
    """Give a role to a client."""
    return _assigned(ask, client_holder(ask), "app.oauth2.client.privilege.grant")


@route("DELETE", "/api/v1/users/{userId}/roles/{roleAssignmentId}", area="roles")
def unassign_user_role(ask: Ask) -> Reply:
    """Take a direct role from a user."""
    return _unassigned(ask, user_holder(ask), "user.account.privilege.revoke")


@route("DELETE", "/api/v1/groups/{groupId}/roles/{roleAssignmentId}", area="roles")
def unassign_group_role(ask: Ask) -> Reply:
    """Take a role from a group."""
    return _unassigned(ask, group_holder(ask), "group.privilege.revoke")


@route("DELETE", "/oauth2/v1/clients/{clientId}/roles/{roleAssignmentId}", area="roles")
def unassign_client_role(ask: Ask) -> Reply:
    """Take a role from a client."""
    return _unassigned(ask, client_holder(ask), "app.oauth2.client.privilege.revoke")


@route("GET", "/api/v1/iam/assignees/users", area="roles")
def list_role_assignees(ask: Ask) -> Reply:
    """List the users who have a role directly or through a group."""
    users = [user for user in ask.tables.users if any(ask.tables.effective_roles(user))]
    limit = read_limit(ask, default=100, most=100)
    after = ask.query.get("after")
    start = users.index(after) + 1 if after in users else 0
    shown = users[start : start + limit]
    links: dict[str, Json] = {}
    if start + limit < len(users):
        _, target = link(ask, {"limit": str(limit), "after": shown[-1]}, "next")
        links["next"] = {"href": target.partition(">")[0].lstrip("<")}
    return Reply(
        body={
            "value": [
                {
                    "id": user_id,
                    "orn": f"orn:okta:directory:{ask.state.org_id}:users:{user_id}",
                    "_links": {
                        "self": {"href": f"{ask.base}/api/v1/users/{user_id}"},
                        "roles": {"href": f"{ask.base}/api/v1/users/{user_id}/roles"},
                    },
                }
                for user_id in shown
            ],
            "_links": links,
        }
    )


def role_json(role: Role, holder: Holder, base: str) -> JsonObject:
    """Return one role assignment."""
    body: dict[str, Json] = {
        "id": role.id,
        "label": role.label,
        "type": role.kind,
        "status": "ACTIVE",
        "created": moment(role.created),
        "lastUpdated": moment(role.created),
        "assignmentType": role.assigned_as,
        "_links": {"assignee": {"href": f"{base}{holder.path}"}},
    }
    if role.kind == "CUSTOM":
        body |= {"role": role.custom_role, "resource-set": role.resource_set}
    return body


def _listed(ask: Ask, holder: Holder) -> Reply:
    roles = ask.tables.roles.get(holder.id, {}).values()
    return Reply(body=[role_json(role, holder, ask.base) for role in roles])


def _shown(ask: Ask, holder: Holder) -> Reply:
    role = ask.tables.role(holder.id, ask.params["roleAssignmentId"])
    return Reply(body=role_json(role, holder, ask.base))


def _assigned(ask: Ask, holder: Holder, event_type: str) -> Reply:
    given = ask.object()
    kind = str(given.get("type", ""))
    if kind not in ROLE_LABELS:
        raise errors.invalid("type", f"type: {kind or 'null'} is not a role that can be assigned")
    custom, resources = str(given.get("role", "")), str(given.get("resource-set", ""))
    for held in ask.tables.roles.get(holder.id, {}).values():
        if (held.kind, held.custom_role, held.resource_set) == (kind, custom, resources):
            raise errors.role_already_assigned()
    role_id = ask.state.assign_role(holder.id, kind, custom_role=custom, resource_set=resources)
    role = ask.tables.role(holder.id, role_id)
    _tell(ask, holder, role, event_type, "Grant user privilege")
    return Reply(status=201, body=role_json(role, holder, ask.base))


def _unassigned(ask: Ask, holder: Holder, event_type: str) -> Reply:
    role = ask.tables.role(holder.id, ask.params["roleAssignmentId"])
    del ask.tables.roles[holder.id][role.id]
    _tell(ask, holder, role, event_type, "Revoke user privilege")
    return NO_CONTENT


def _tell(ask: Ask, holder: Holder, role: Role, event_type: str, message: str) -> None:
    user = ask.tables.users.get(holder.id)
    party = (
        user_party(user)
        if user is not None
        else Party(id=holder.id, kind=holder.kind, alternate_id="unknown", name=holder.name)
    )
    target = Party(id=role.id, kind="ROLE", alternate_id=role.kind, name=role.label)
    ask.happened(event_type, message, party, target, debug={"privilegeGranted": role.label})
