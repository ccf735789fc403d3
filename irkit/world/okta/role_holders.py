"""Who can hold an admin role: the user, group or client that a path names."""

from dataclasses import dataclass

from irkit.world.okta import errors
from irkit.world.okta.routing import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A holder of roles: id, path of its resource, kind and name for the log."""

    id: str
    path: str
    kind: str
    name: str


def user_holder(ask: Ask) -> Holder:
    """Return the user that the path names."""
    user = ask.user("userId")
    return Holder(id=user.id, path=f"/api/v1/users/{user.id}", kind="User", name=user.login)


def group_holder(ask: Ask) -> Holder:
    """Return the group that the path names."""
    group = ask.tables.group(ask.params["groupId"])
    path = f"/api/v1/groups/{group.id}"
    return Holder(id=group.id, path=path, kind="UserGroup", name=group.name)


def client_holder(ask: Ask) -> Holder:
    """Return the OAuth client that the path names."""
    client_id = ask.params["clientId"]
    app = ask.tables.app_by_client(client_id)
    if app is None:
        raise errors.not_found(client_id, "PublicClientApp")
    path = f"/oauth2/v1/clients/{client_id}"
    return Holder(id=client_id, path=path, kind="PublicClientApp", name=app.label)
