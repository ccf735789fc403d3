"""The JSON of those objects that several endpoints show: users, groups, applications, times."""

from datetime import datetime
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.world.okta.records import App, Group, User, UserStatus
from irkit.world.okta.system_log import Party

_LINKS: Final = {
    UserStatus.ACTIVE: ("suspend", "reset_password", "expire_password", "deactivate"),
    UserStatus.SUSPENDED: ("unsuspend", "deactivate"),
    UserStatus.LOCKED_OUT: ("unlock", "reset_password", "deactivate"),
    UserStatus.STAGED: ("activate", "deactivate"),
    UserStatus.PROVISIONED: ("reactivate", "reset_password", "deactivate"),
    UserStatus.RECOVERY: ("reactivate", "reset_password", "expire_password", "deactivate"),
    UserStatus.PASSWORD_EXPIRED: ("reset_password", "expire_password", "deactivate"),
    UserStatus.DEPROVISIONED: ("activate",),
}


def moment(value: datetime | None) -> str | None:
    """Return a time as Okta writes it, None for none."""
    return None if value is None else rfc3339(value)


def hinted(href: str, *allow: str) -> JsonObject:
    """Return a HAL link with the methods it allows."""
    return {"href": href, "hints": {"allow": list(allow)}}


def profile(user: User) -> JsonObject:
    """Return a user's profile."""
    return {
        "firstName": user.first,
        "lastName": user.last,
        "mobilePhone": None,
        "secondEmail": None,
        "login": user.login,
        "email": user.email,
        **dict(user.profile),
    }


def user_json(user: User, base: str, *, brief: bool = False) -> JsonObject:
    """Return a user; `brief` is the form inside lists, with the self link only."""
    me = f"{base}/api/v1/users/{user.id}"
    links: dict[str, Json] = {"self": {"href": me}}
    if not brief:
        for verb in _LINKS[user.status]:
            links[_camel(verb)] = {"href": f"{me}/lifecycle/{verb}", "method": "POST"}
    password: dict[str, Json] = {"password": {}} if user.password else {}
    return {
        "id": user.id,
        "status": str(user.status),
        "created": moment(user.created),
        "activated": moment(user.activated),
        "statusChanged": moment(user.status_changed),
        "lastLogin": moment(user.last_login),
        "lastUpdated": moment(user.last_updated),
        "passwordChanged": moment(user.password_changed),
        "type": {"id": "oty0000000000000000w"},
        "profile": profile(user),
        "credentials": {
            **password,
            "emails": [{"value": user.email, "status": "VERIFIED", "type": "PRIMARY"}],
            "provider": {"type": user.provider, "name": user.provider},
        },
        "_links": links,
    }


def group_json(group: Group, base: str) -> JsonObject:
    """Return a group."""
    me = f"{base}/api/v1/groups/{group.id}"
    return {
        "id": group.id,
        "created": moment(group.created),
        "lastUpdated": moment(group.last_updated),
        "lastMembershipUpdated": moment(group.last_membership_updated),
        "objectClass": ["okta:user_group"],
        "type": group.kind,
        "profile": {"name": group.name, "description": group.description or None},
        "_links": {"users": {"href": f"{me}/users"}, "apps": {"href": f"{me}/apps"}},
    }


def app_json(app: App, base: str) -> JsonObject:
    """Return an application."""
    me = f"{base}/api/v1/apps/{app.id}"
    credentials: dict[str, Json] = {
        "userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"},
        "signing": {},
    }
    settings: dict[str, Json] = {"app": dict(app.settings)}
    service = "client_credentials" in app.grant_types
    if app.client_id:
        credentials["oauthClient"] = {
            "client_id": app.client_id,
            "token_endpoint_auth_method": "private_key_jwt" if service else "none",
        }
        settings["oauthClient"] = {
            "application_type": "service" if service else "native",
            "grant_types": list(app.grant_types),
            "response_types": ["token"],
            "jwks": {"keys": list(app.public_keys)},
        }
    toggle = "deactivate" if app.status == "ACTIVE" else "activate"
    return {
        "id": app.id,
        "name": app.name,
        "label": app.label,
        "status": app.status,
        "lastUpdated": moment(app.last_updated),
        "created": moment(app.created),
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
        "visibility": {
            "autoSubmitToolbar": False,
            "hide": {"iOS": False, "web": False},
            "appLinks": {"login": True},
        },
        "features": [],
        "signOnMode": app.sign_on,
        "credentials": credentials,
        "settings": settings,
        "_links": {
            "self": {"href": me},
            "users": hinted(f"{me}/users", "GET"),
            "groups": hinted(f"{me}/groups", "GET"),
            toggle: hinted(f"{me}/lifecycle/{toggle}", "POST"),
        },
    }


def group_party(group: Group) -> Party:
    """Return a group as a target of an event."""
    return Party(id=group.id, kind="UserGroup", alternate_id="unknown", name=group.name)


def app_party(app: App) -> Party:
    """Return an application as a target of an event."""
    return Party(id=app.id, kind="AppInstance", alternate_id=app.label, name=app.label)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
