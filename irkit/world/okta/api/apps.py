"""Applications: list, show, create, activate, deactivate, delete."""

from collections.abc import Iterable
from dataclasses import replace

from irkit.canonical import Json
from irkit.world.okta import errors, expressions
from irkit.world.okta.paging import page
from irkit.world.okta.records import App
from irkit.world.okta.routing import EMPTY_OBJECT, NO_CONTENT, Ask, Reply, route
from irkit.world.okta.views import app_json, app_party


@route("GET", "/api/v1/apps", area="apps")
def list_apps(ask: Ask) -> Reply:
    """List applications, by `q` (start of label or name) or `filter`."""
    return page(
        ask,
        _selected(ask),
        key=lambda app: app.id,
        show=lambda app: app_json(app, ask.base),
        default=20,
        most=200,
    )


@route("POST", "/api/v1/apps", area="apps")
def create_app(ask: Ask) -> Reply:
    """Create an application; an OAuth service app brings its public keys."""
    given = ask.object()
    settings = _object(given.get("settings"))
    client = _object(settings.get("oauthClient"))
    keys = _object(client.get("jwks")).get("keys")
    public_keys = (
        tuple(key for key in keys if isinstance(key, dict)) if isinstance(keys, list) else ()
    )
    name = str(given.get("name", ""))
    app_id = ask.state.add_app(
        name,
        str(given.get("label", name)),
        sign_on=str(given.get("signOnMode", "OPENID_CONNECT")),
        settings=_object(settings.get("app")),
        client_id=ask.state.ids.new("0oa") if name == "oidc_client" else "",
        public_keys=public_keys,
    )
    app = ask.tables.apps[app_id]
    ask.happened("application.lifecycle.create", "Create application", app_party(app))
    return Reply(body=app_json(app, ask.base))


@route("GET", "/api/v1/apps/{appId}", area="apps")
def get_app(ask: Ask) -> Reply:
    """Show an application."""
    return Reply(body=app_json(ask.tables.app(ask.params["appId"]), ask.base))


@route("DELETE", "/api/v1/apps/{appId}", area="apps")
def delete_app(ask: Ask) -> Reply:
    """Delete an application that is INACTIVE."""
    app = ask.tables.app(ask.params["appId"])
    if app.status == "ACTIVE":
        raise errors.forbidden()
    del ask.tables.apps[app.id]
    ask.tables.app_users.pop(app.id, None)
    ask.tables.app_groups.pop(app.id, None)
    ask.tables.roles.pop(app.id, None)
    ask.happened("application.lifecycle.delete", "Delete application", app_party(app))
    return NO_CONTENT


@route("POST", "/api/v1/apps/{appId}/lifecycle/activate", area="apps")
def activate_app(ask: Ask) -> Reply:
    """→ ACTIVE."""
    return _set(ask, "ACTIVE", "application.lifecycle.activate")


@route("POST", "/api/v1/apps/{appId}/lifecycle/deactivate", area="apps")
def deactivate_app(ask: Ask) -> Reply:
    """→ INACTIVE: nobody signs in through it, its client gets no tokens."""
    return _set(ask, "INACTIVE", "application.lifecycle.deactivate")


def _set(ask: Ask, status: str, event_type: str) -> Reply:
    app = ask.tables.app(ask.params["appId"])
    changed = replace(app, status=status, last_updated=ask.state.now())
    ask.tables.apps[app.id] = changed
    ask.happened(event_type, f"{event_type.rpartition('.')[2]} application", app_party(changed))
    return EMPTY_OBJECT


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _selected(ask: Ask) -> list[App]:
    apps = list(ask.tables.apps.values())
    if text := ask.query.get("filter"):
        holds = expressions.parse(text)
        apps = [app for app in apps if holds(_lookup(ask, app))]
    start = ask.query.get("q", "").casefold()
    return [app for app in apps if app.label.casefold().startswith(start) or app.name == start]


def _lookup(ask: Ask, app: App) -> expressions.Lookup:
    def values(path: str) -> Iterable[Json]:
        match path:
            case "status":
                return (app.status,)
            case "id":
                return (app.id,)
            case "name":
                return (app.name,)
            case "user.id":
                return tuple(ask.tables.app_users.get(app.id, {}))
            case "group.id":
                return tuple(ask.tables.app_groups.get(app.id, {}))
            case _:
                raise errors.bad_search()

    return values
