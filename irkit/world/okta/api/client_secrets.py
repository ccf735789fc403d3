"""The secrets of an OAuth client: at most two, of which one is always active; and its keys."""

import hashlib
from typing import Final

from irkit.canonical import JsonObject
from irkit.world.okta import errors
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.tables import Documents
from irkit.world.okta.views import app_party, hinted, moment

MOST: Final = 2
_PATH: Final = "/api/v1/apps/{appId}/credentials/secrets"
_ONE: Final = f"{_PATH}/{{secretId}}"


@route("GET", "/api/v1/apps/{appId}/credentials/jwks", area="apps")
def list_keys(ask: Ask) -> Reply:
    """List the public keys of a client."""
    app = ask.tables.app(ask.params["appId"])
    return Reply(body=list(app.public_keys))


@route("GET", _PATH, area="apps")
def list_secrets(ask: Ask) -> Reply:
    """List the secrets of a client; reading them leaves an event."""
    app = ask.tables.app(ask.params["appId"])
    ask.happened("app.oauth2.client.read_client_secret", "Read client secret", app_party(app))
    return Reply(body=[_json(ask, key) for key in _table(ask)])


@route("POST", _PATH, area="apps")
def create_secret(ask: Ask) -> Reply:
    """Create a second secret."""
    if len(_table(ask)) >= MOST:
        raise errors.invalid("client_secret", "You have reached the maximum number of secrets.")
    now = moment(ask.state.now())
    secret_id = ask.state.ids.new("ocs")
    secret = str(ask.object().get("client_secret") or ask.state.ids.secret("", 64))
    ask.tables.client_secrets[secret_id] = secret
    _table(ask)[secret_id] = {
        "status": str(ask.object().get("status") or "ACTIVE"),
        "secret_hash": hashlib.sha256(secret.encode()).hexdigest()[:22],
        "created": now,
        "lastUpdated": now,
    }
    _tell(ask, "create")
    return Reply(status=201, body=_json(ask, secret_id))


@route("GET", _ONE, area="apps")
def get_secret(ask: Ask) -> Reply:
    """Show one secret."""
    return Reply(body=_json(ask, _named(ask)))


@route("DELETE", _ONE, area="apps")
def delete_secret(ask: Ask) -> Reply:
    """Delete an inactive secret."""
    secret_id = _named(ask)
    if _table(ask)[secret_id]["status"] == "ACTIVE":
        raise errors.invalid("client_secret", "An active secret cannot be deleted.")
    del _table(ask)[secret_id]
    _tell(ask, "delete")
    return NO_CONTENT


@route("POST", f"{_ONE}/lifecycle/activate", area="apps")
def activate_secret(ask: Ask) -> Reply:
    """→ ACTIVE."""
    return _set(ask, "ACTIVE", "activate")


@route("POST", f"{_ONE}/lifecycle/deactivate", area="apps")
def deactivate_secret(ask: Ask) -> Reply:
    """→ INACTIVE, unless it is the only active one."""
    active = [key for key, item in _table(ask).items() if item["status"] == "ACTIVE"]
    if active == [_named(ask)]:
        raise errors.invalid("client_secret", "The only active secret cannot be deactivated.")
    return _set(ask, "INACTIVE", "deactivate")


def _set(ask: Ask, status: str, verb: str) -> Reply:
    secret_id = _named(ask)
    changed = {"status": status, "lastUpdated": moment(ask.state.now())}
    _table(ask)[secret_id] = {**_table(ask)[secret_id], **changed}
    _tell(ask, verb)
    return Reply(body=_json(ask, secret_id))


def _table(ask: Ask) -> Documents:
    app = ask.tables.app(ask.params["appId"])
    return ask.tables.documents.setdefault(f"client_secrets/{app.id}", {})


def _named(ask: Ask) -> str:
    secret_id = ask.params["secretId"]
    if secret_id not in _table(ask):
        raise errors.not_found(secret_id, "OAuth2ClientSecretMediated")
    return secret_id


def _tell(ask: Ask, verb: str) -> None:
    app = ask.tables.app(ask.params["appId"])
    ask.happened(f"app.oauth2.client.secret.{verb}", f"{verb} client secret", app_party(app))


def _json(ask: Ask, secret_id: str) -> JsonObject:
    content = _table(ask)[secret_id]
    me = f"{ask.base}{_PATH.format(appId=ask.params['appId'])}/{secret_id}"
    toggle = "deactivate" if content["status"] == "ACTIVE" else "activate"
    return {
        "id": secret_id,
        "client_secret": ask.tables.client_secrets[secret_id],
        **content,
        "_links": {toggle: hinted(f"{me}/lifecycle/{toggle}", "POST")},
    }
