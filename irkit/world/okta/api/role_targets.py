"""The targets of role assignments: the groups and applications that a role is limited to."""

from collections.abc import Callable
from dataclasses import replace

from irkit.canonical import JsonObject
from irkit.world.okta import errors
from irkit.world.okta.paging import page
from irkit.world.okta.records import Role
from irkit.world.okta.role_holders import Holder, client_holder, group_holder, user_holder
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import group_json, moment

_HOLDERS: tuple[tuple[str, str, Callable[[Ask], Holder]], ...] = (
    ("/api/v1/users/{userId}/roles/{roleAssignmentId}", "groupId", user_holder),
    ("/api/v1/groups/{groupId}/roles/{roleAssignmentId}", "targetGroupId", group_holder),
    ("/oauth2/v1/clients/{clientId}/roles/{roleAssignmentId}", "groupId", client_holder),
)


@route("GET", "/api/v1/users/{userId}/roles/{roleIdOrEncodedRoleId}/targets", area="roles")
def list_all_targets(ask: Ask) -> Reply:
    """List every target of a user's role by its resource name."""
    role = ask.tables.role(user_holder(ask).id, ask.params["roleIdOrEncodedRoleId"])
    org = ask.state.org_id
    names = [f"orn:okta:directory:{org}:groups:{group}" for group in role.group_targets]
    names += [f"orn:okta:idp:{org}:apps:{app.replace('/', ':')}" for app in role.app_targets]
    return Reply(
        body=[
            {
                "assignmentType": role.assigned_as,
                "expiration": None,
                "orn": name,
                "_links": {"self": {"href": f"{ask.base}{ask.path}"}},
            }
            for name in names
        ]
    )


def _register(prefix: str, group_name: str, holder_of: Callable[[Ask], Holder]) -> None:
    """Register the target endpoints of one kind of holder."""

    def held(ask: Ask) -> tuple[Holder, Role]:
        holder = holder_of(ask)
        return holder, ask.tables.role(holder.id, ask.params["roleAssignmentId"])

    @route("GET", f"{prefix}/targets/groups", area="roles")
    def list_groups(ask: Ask) -> Reply:
        _, role = held(ask)
        groups = [ask.tables.groups[key] for key in role.group_targets if key in ask.tables.groups]
        return page(
            ask,
            groups,
            key=lambda group: group.id,
            show=lambda group: group_json(group, ask.base),
            default=20,
            most=200,
        )

    @route("PUT", f"{prefix}/targets/groups/{{{group_name}}}", area="roles")
    def add_group(ask: Ask) -> Reply:
        holder, role = held(ask)
        group = ask.tables.group(ask.params[group_name])
        targets = tuple(dict.fromkeys((*role.group_targets, group.id)))
        return _stored(ask, holder, replace(role, group_targets=targets))

    @route("DELETE", f"{prefix}/targets/groups/{{{group_name}}}", area="roles")
    def remove_group(ask: Ask) -> Reply:
        holder, role = held(ask)
        group_id = ask.params[group_name]
        if group_id not in role.group_targets:
            raise errors.not_found(group_id, "RoleTarget")
        targets = tuple(key for key in role.group_targets if key != group_id)
        return _stored(ask, holder, replace(role, group_targets=targets))

    _register_apps(prefix, held)


def _register_apps(prefix: str, held: Callable[[Ask], tuple[Holder, Role]]) -> None:
    @route("GET", f"{prefix}/targets/catalog/apps", area="roles")
    def list_apps(ask: Ask) -> Reply:
        _, role = held(ask)
        return page(
            ask,
            role.app_targets,
            key=str,
            show=lambda target: _app_json(ask, target),
            default=20,
            most=200,
        )

    for path in (
        f"{prefix}/targets/catalog/apps/{{appName}}",
        f"{prefix}/targets/catalog/apps/{{appName}}/{{appId}}",
    ):

        @route("PUT", path, area="roles")
        def add_app(ask: Ask) -> Reply:
            holder, role = held(ask)
            targets = tuple(dict.fromkeys((*role.app_targets, _app_target(ask))))
            return _stored(ask, holder, replace(role, app_targets=targets))

        @route("DELETE", path, area="roles")
        def remove_app(ask: Ask) -> Reply:
            holder, role = held(ask)
            target = _app_target(ask)
            if target not in role.app_targets:
                raise errors.not_found(target, "RoleTarget")
            targets = tuple(item for item in role.app_targets if item != target)
            return _stored(ask, holder, replace(role, app_targets=targets))


def _app_target(ask: Ask) -> str:
    app_id = ask.params.get("appId")
    return ask.params["appName"] + (f"/{app_id}" if app_id else "")


def _stored(ask: Ask, holder: Holder, role: Role) -> Reply:
    ask.tables.roles[holder.id][role.id] = role
    parties = (
        Party(id=holder.id, kind=holder.kind, alternate_id="unknown", name=holder.name),
        Party(id=role.id, kind="ROLE", alternate_id=role.kind, name=role.label),
    )
    ask.happened("iam.role.targets.update", "Change of an admin role's targets", *parties)
    return NO_CONTENT


def _app_json(ask: Ask, target: str) -> JsonObject:
    name, _, instance = target.partition("/")
    app = ask.tables.apps.get(instance)
    return {
        "name": name,
        "displayName": app.label if app else name,
        "id": instance or None,
        "status": "ACTIVE",
        "lastUpdated": moment(ask.state.created),
        "features": [],
        "signOnModes": [app.sign_on] if app else [],
        "_links": {"self": {"href": f"{ask.base}/api/v1/catalog/apps/{name}"}},
    }


for _prefix, _group_name, _holder_of in _HOLDERS:
    _register(_prefix, _group_name, _holder_of)
