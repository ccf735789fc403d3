"""API tokens (SSWS): list, show, restrict, revoke, and the console's way to create one."""

from dataclasses import replace

from irkit.canonical import JsonObject
from irkit.world.okta import errors
from irkit.world.okta.records import ApiToken
from irkit.world.okta.routing import NO_CONTENT, Access, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import hinted, moment


@route("GET", "/api/v1/api-tokens", area="apiTokens")
def list_tokens(ask: Ask) -> Reply:
    """List the API tokens, those of suspended owners too: they live again with the owner."""
    return Reply(body=[token_json(token, ask.base) for token in ask.tables.api_tokens.values()])


@route("GET", "/api/v1/api-tokens/current", access=Access.SELF)
def current_token(ask: Ask) -> Reply:
    """Show the token that the request is made with."""
    if ask.caller.token is None:
        raise errors.not_found("current", "Token")
    return Reply(body=token_json(ask.caller.token, ask.base))


@route("DELETE", "/api/v1/api-tokens/current", access=Access.SELF)
def revoke_current_token(ask: Ask) -> Reply:
    """Revoke the token that the request is made with."""
    if ask.caller.token is None:
        raise errors.not_found("current", "Token")
    return _revoked(ask, ask.caller.token)


@route("GET", "/api/v1/api-tokens/{apiTokenId}", area="apiTokens")
def get_token(ask: Ask) -> Reply:
    """Show one API token."""
    return Reply(body=token_json(_named(ask), ask.base))


@route("PUT", "/api/v1/api-tokens/{apiTokenId}", area="apiTokens")
def upsert_token(ask: Ask) -> Reply:
    """Change the network that a token may be used from."""
    token = _named(ask)
    network = ask.object().get("network")
    if not isinstance(network, dict):
        raise errors.invalid("network", "network: The field cannot be left blank")
    changed = replace(token, network=network, last_updated=ask.state.now())
    ask.tables.api_tokens[token.id] = changed
    _tell(ask, "system.api_token.update", changed)
    return Reply(body=token_json(changed, ask.base))


@route("DELETE", "/api/v1/api-tokens/{apiTokenId}", area="apiTokens")
def revoke_token(ask: Ask) -> Reply:
    """Revoke one API token."""
    return _revoked(ask, _named(ask))


@route("POST", "/api/internal/tokens", area="apiTokens")
def create_token(ask: Ask) -> Reply:
    """Create a token as the admin console does; the public API has no such call."""
    owner = ask.signed_in()
    secret = ask.state.add_token(owner.id, str(ask.object().get("name", "API token")))
    token = ask.tables.api_tokens[ask.state.token_id(secret)]
    _tell(ask, "system.api_token.create", token)
    return Reply(body={**token_json(token, ask.base), "token": secret})


def token_json(token: ApiToken, base: str) -> JsonObject:
    """Return an API token, without its secret."""
    return {
        "id": token.id,
        "name": token.name,
        "userId": token.user_id,
        "clientName": token.client_name,
        "tokenWindow": "P30D",
        "network": token.network,
        "expiresAt": moment(token.expires),
        "created": moment(token.created),
        "lastUpdated": moment(token.last_updated),
        "_links": {
            "self": hinted(f"{base}/api/v1/api-tokens/{token.id}", "GET", "DELETE"),
            "user": hinted(f"{base}/api/v1/users/{token.user_id}", "GET"),
        },
    }


def _named(ask: Ask) -> ApiToken:
    token_id = ask.params["apiTokenId"]
    token = ask.tables.api_tokens.get(token_id)
    if token is None:
        raise errors.not_found(token_id, "Token")
    return token


def _revoked(ask: Ask, token: ApiToken) -> Reply:
    del ask.tables.api_tokens[token.id]
    ask.tables.token_ids.pop(token.secret, None)
    _tell(ask, "system.api_token.revoke", token)
    return NO_CONTENT


def _tell(ask: Ask, event_type: str, token: ApiToken) -> None:
    target = Party(id=token.id, kind="Token", alternate_id="unknown", name=token.name)
    ask.happened(event_type, f"API token {event_type.rpartition('.')[2]}", target)
