"""Who has which application: assigned users and groups, and a user's links."""

from dataclasses import replace

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors
from irkit.world.okta.callers import user_party
from irkit.world.okta.paging import page
from irkit.world.okta.records import App, Assignment, User
from irkit.world.okta.routing import NO_CONTENT, Access, Ask, Reply, route
from irkit.world.okta.views import app_party, group_party, moment


@route("GET", "/api/v1/apps/{appId}/users", area="apps")
def list_app_users(ask: Ask) -> Reply:
    """List the users of an application, direct and through groups."""
    app = ask.tables.app(ask.params["appId"])
    direct = ask.tables.app_users.get(app.id, {})
    groups = ask.tables.app_groups.get(app.id, {})
    members = (user for group in groups for user in ask.tables.members.get(group, {}))
    users = [ask.tables.users[key] for key in dict.fromkeys((*direct, *members))]
    return page(
        ask,
        users,
        key=lambda user: user.id,
        show=lambda user: _app_user_json(ask, app, user),
        default=50,
        most=500,
    )


@route("GET", "/api/v1/apps/{appId}/users/{userId}", area="apps")
def get_app_user(ask: Ask) -> Reply:
    """Show a user's assignment."""
    app, user = ask.tables.app(ask.params["appId"]), ask.user("userId")
    if not ask.tables.app_assignment(app.id, user.id):
        raise errors.not_found(user.id, "AppUser")
    return Reply(body=_app_user_json(ask, app, user))


@route("POST", "/api/v1/apps/{appId}/users", area="apps")
def assign_user(ask: Ask) -> Reply:
    """Assign an application to a user."""
    app = ask.tables.app(ask.params["appId"])
    given = ask.object()
    user = ask.tables.user(str(given.get("id", "")))
    ask.state.assign_app(app.id, user.id, _profile(given))
    ask.happened(
        "application.user_membership.add",
        "Add user to application membership",
        user_party(user),
        app_party(app),
    )
    return Reply(body=_app_user_json(ask, app, user))


@route("POST", "/api/v1/apps/{appId}/users/{userId}", area="apps")
def update_app_user(ask: Ask) -> Reply:
    """Change the profile of a direct assignment."""
    app, user = ask.tables.app(ask.params["appId"]), ask.user("userId")
    direct = _direct(ask, app, user)
    profile = {**direct.profile, **_profile(ask.object())}
    ask.tables.app_users[app.id][user.id] = replace(
        direct, profile=profile, last_updated=ask.state.now()
    )
    ask.happened(
        "application.user_membership.update",
        "Update user application membership",
        user_party(user),
        app_party(app),
    )
    return Reply(body=_app_user_json(ask, app, user))


@route("DELETE", "/api/v1/apps/{appId}/users/{userId}", area="apps")
def unassign_user(ask: Ask) -> Reply:
    """Remove a direct assignment; one through a group cannot be removed here."""
    app, user = ask.tables.app(ask.params["appId"]), ask.user("userId")
    _direct(ask, app, user)
    del ask.tables.app_users[app.id][user.id]
    ask.happened(
        "application.user_membership.remove",
        "Remove user from application membership",
        user_party(user),
        app_party(app),
    )
    return NO_CONTENT


@route("GET", "/api/v1/apps/{appId}/groups", area="apps")
def list_app_groups(ask: Ask) -> Reply:
    """List the groups of an application."""
    app = ask.tables.app(ask.params["appId"])
    return page(
        ask,
        list(ask.tables.app_groups.get(app.id, {}).values()),
        key=lambda item: item.assignee_id,
        show=lambda item: _app_group_json(ask, app, item),
        default=20,
        most=200,
    )


@route("GET", "/api/v1/apps/{appId}/groups/{groupId}", area="apps")
def get_app_group(ask: Ask) -> Reply:
    """Show a group's assignment."""
    app = ask.tables.app(ask.params["appId"])
    return Reply(body=_app_group_json(ask, app, _group(ask, app)))


@route("PUT", "/api/v1/apps/{appId}/groups/{groupId}", area="apps")
def assign_group(ask: Ask) -> Reply:
    """Assign an application to a group."""
    app = ask.tables.app(ask.params["appId"])
    group = ask.tables.group(ask.params["groupId"])
    ask.state.assign_app(app.id, group.id, _profile(ask.object()))
    ask.happened(
        "group.application_assignment.add",
        "Add assigned application to group",
        group_party(group),
        app_party(app),
    )
    return Reply(body=_app_group_json(ask, app, _group(ask, app)))


@route("DELETE", "/api/v1/apps/{appId}/groups/{groupId}", area="apps")
def unassign_group(ask: Ask) -> Reply:
    """Remove a group's assignment."""
    app = ask.tables.app(ask.params["appId"])
    item = _group(ask, app)
    del ask.tables.app_groups[app.id][item.assignee_id]
    ask.happened(
        "group.application_assignment.remove",
        "Remove assigned application from group",
        group_party(ask.tables.groups[item.assignee_id]),
        app_party(app),
    )
    return NO_CONTENT


@route("GET", "/api/v1/users/{id}/appLinks", area="users", access=Access.SELF)
def list_app_links(ask: Ask) -> Reply:
    """List the applications a user sees on the dashboard."""
    user = ask.user()
    if ask.caller.user is None or ask.caller.user.id != user.id:
        ask.must_be_admin("users", write=False)
    held = [app for app in ask.tables.apps.values() if ask.tables.app_assignment(app.id, user.id)]
    return Reply(
        body=[
            {
                "id": f"00ua{user.id[4:]}",
                "label": app.label,
                "linkUrl": f"{ask.base}/home/{app.name}/{app.id}",
                "logoUrl": None,
                "appName": app.name,
                "appInstanceId": app.id,
                "appAssignmentId": user.id,
                "credentialsSetup": False,
                "hidden": False,
                "sortOrder": place,
            }
            for place, app in enumerate(held)
        ]
    )


def _profile(given: JsonObject) -> dict[str, Json]:
    profile = given.get("profile")
    return profile if isinstance(profile, dict) else {}


def _direct(ask: Ask, app: App, user: User) -> Assignment:
    direct = ask.tables.app_users.get(app.id, {}).get(user.id)
    if direct is None:
        raise errors.not_found(user.id, "AppUser")
    return direct


def _group(ask: Ask, app: App) -> Assignment:
    group_id = ask.params["groupId"]
    item = ask.tables.app_groups.get(app.id, {}).get(group_id)
    if item is None:
        raise errors.not_found(group_id, "ApplicationGroupAssignment")
    return item


def _app_user_json(ask: Ask, app: App, user: User) -> JsonObject:
    item = ask.tables.app_assignment(app.id, user.id)[0]
    return {
        "id": user.id,
        "externalId": None,
        "created": moment(item.created),
        "lastUpdated": moment(item.last_updated),
        "scope": "USER" if item.assignee_id == user.id else "GROUP",
        "status": "ACTIVE",
        "statusChanged": moment(item.created),
        "passwordChanged": None,
        "syncState": "DISABLED",
        "credentials": {"userName": user.login},
        "profile": item.profile,
        "_links": {
            "app": {"href": f"{ask.base}/api/v1/apps/{app.id}"},
            "user": {"href": f"{ask.base}/api/v1/users/{user.id}"},
        },
    }


def _app_group_json(ask: Ask, app: App, item: Assignment) -> JsonObject:
    me = f"{ask.base}/api/v1/apps/{app.id}"
    return {
        "id": item.assignee_id,
        "lastUpdated": moment(item.last_updated),
        "priority": 0,
        "profile": item.profile,
        "_links": {
            "app": {"href": me},
            "self": {"href": f"{me}/groups/{item.assignee_id}"},
            "group": {"href": f"{ask.base}/api/v1/groups/{item.assignee_id}"},
        },
    }
