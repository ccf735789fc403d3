"""Keys of identity providers outside: the certificates that their assertions are checked with."""

from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.saml import SamlError, certified_key
from irkit.world.okta.tables import Documents, at
from irkit.world.okta.views import hinted, moment

TABLE: Final = "idp_keys"
_PATH: Final = "/api/v1/idps/credentials/keys"
_ONE: Final = f"{_PATH}/{{kid}}"


@route("GET", _PATH, area="idps")
def list_keys(ask: Ask) -> Reply:
    """List the keys."""
    return Reply(body=[_json(ask, kid) for kid in _keys(ask)])


@route("POST", _PATH, area="idps")
def add_key(ask: Ask) -> Reply:
    """Add a certificate; the org names it."""
    chain = ask.object().get("x5c")
    certificate = str(chain[0]) if isinstance(chain, list) and chain else ""
    try:
        certified_key(certificate)
    except SamlError as error:
        raise errors.invalid("x5c", f"x5c: {error}") from error
    kid = ask.state.ids.uuid()
    now = moment(ask.state.now())
    _keys(ask)[kid] = {"x5c": [certificate], "created": now, "lastUpdated": now}
    ask.happened("system.idp.key.create", "Create a key of an identity provider")
    return Reply(body=_json(ask, kid))


@route("GET", _ONE, area="idps")
def get_key(ask: Ask) -> Reply:
    """Show a key."""
    return Reply(body=_json(ask, _named(ask)))


@route("DELETE", _ONE, area="idps")
def delete_key(ask: Ask) -> Reply:
    """Delete a key that no provider, active or inactive, is checked with."""
    kid = _named(ask)
    providers = ask.tables.documents.get("idps", {}).values()
    if any(at(idp, "protocol", "credentials", "trust", "kid") == kid for idp in providers):
        raise errors.invalid("kid", "kid: The key is used by an identity provider")
    del _keys(ask)[kid]
    ask.happened("system.idp.key.delete", "Delete a key of an identity provider")
    return NO_CONTENT


def _keys(ask: Ask) -> Documents:
    return ask.tables.documents.setdefault(TABLE, {})


def _named(ask: Ask) -> str:
    kid = ask.params["kid"]
    if kid not in _keys(ask):
        raise errors.not_found(kid, "IdpKey")
    return kid


def _json(ask: Ask, kid: str) -> JsonObject:
    key: dict[str, Json] = dict(_keys(ask)[kid])
    me = f"{ask.base}{_PATH}/{kid}"
    return {"kid": kid, "kty": "RSA", "use": "sig", **key, "_links": {"self": hinted(me, "GET")}}
