"""A user's OAuth consents, clients and refresh tokens, and how they are revoked.

Access tokens that a client has already are signed statements: they live on until they expire.
"""

from irkit.canonical import JsonObject
from irkit.world.okta import errors
from irkit.world.okta.callers import user_party
from irkit.world.okta.paging import page
from irkit.world.okta.records import Grant, RefreshToken, User
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import hinted, moment

PAGE = 20


@route("GET", "/api/v1/users/{userId}/grants", area="users")
def list_grants(ask: Ask) -> Reply:
    """List the scopes a user has consented to."""
    found = _grants(ask, ask.user("userId"))
    return page(
        ask, found, key=lambda g: g.id, show=lambda g: grant_json(g, ask.base), default=PAGE
    )


@route("GET", "/api/v1/users/{userId}/grants/{grantId}", area="users")
def get_grant(ask: Ask) -> Reply:
    """Show one consent."""
    return Reply(body=grant_json(_grant(ask), ask.base))


@route("DELETE", "/api/v1/users/{userId}/grants", area="users")
def revoke_grants(ask: Ask) -> Reply:
    """Revoke all consents of a user, and with them the refresh tokens."""
    user = ask.user("userId")
    _revoke(ask, user, _grants(ask, user))
    return NO_CONTENT


@route("DELETE", "/api/v1/users/{userId}/grants/{grantId}", area="users")
def revoke_grant(ask: Ask) -> Reply:
    """Revoke one consent."""
    _revoke(ask, ask.user("userId"), [_grant(ask)])
    return NO_CONTENT


@route("GET", "/api/v1/users/{userId}/clients", area="users")
def list_clients(ask: Ask) -> Reply:
    """List the clients that hold refresh tokens of a user."""
    user = ask.user("userId")
    held = (t.client_id for t in ask.tables.refresh_tokens.values() if t.user_id == user.id)
    return Reply(body=[_client_json(ask, user, client) for client in dict.fromkeys(held)])


@route("GET", "/api/v1/users/{userId}/clients/{clientId}/grants", area="users")
def list_client_grants(ask: Ask) -> Reply:
    """List a user's consents for one client."""
    found = _grants(ask, ask.user("userId"), ask.params["clientId"])
    return page(
        ask, found, key=lambda g: g.id, show=lambda g: grant_json(g, ask.base), default=PAGE
    )


@route("DELETE", "/api/v1/users/{userId}/clients/{clientId}/grants", area="users")
def revoke_client_grants(ask: Ask) -> Reply:
    """Revoke a user's consents for one client."""
    user = ask.user("userId")
    _revoke(ask, user, _grants(ask, user, ask.params["clientId"]))
    return NO_CONTENT


@route("GET", "/api/v1/users/{userId}/clients/{clientId}/tokens", area="users")
def list_refresh_tokens(ask: Ask) -> Reply:
    """List a user's refresh tokens for one client."""
    found = _tokens(ask)
    return page(
        ask, found, key=lambda t: t.id, show=lambda t: token_json(t, ask.base), default=PAGE
    )


@route("GET", "/api/v1/users/{userId}/clients/{clientId}/tokens/{tokenId}", area="users")
def get_refresh_token(ask: Ask) -> Reply:
    """Show one refresh token."""
    return Reply(body=token_json(_token(ask), ask.base))


@route("DELETE", "/api/v1/users/{userId}/clients/{clientId}/tokens", area="users")
def revoke_refresh_tokens(ask: Ask) -> Reply:
    """Revoke a user's refresh tokens for one client."""
    _drop(ask, _tokens(ask))
    return NO_CONTENT


@route("DELETE", "/api/v1/users/{userId}/clients/{clientId}/tokens/{tokenId}", area="users")
def revoke_refresh_token(ask: Ask) -> Reply:
    """Revoke one refresh token."""
    _drop(ask, [_token(ask)])
    return NO_CONTENT


def grant_json(grant: Grant, base: str) -> JsonObject:
    """Return a consent."""
    return {
        "id": grant.id,
        "status": "ACTIVE",
        "created": moment(grant.created),
        "createdBy": {"id": grant.user_id or grant.client_id, "type": "User"},
        "lastUpdated": moment(grant.created),
        "issuer": base,
        "clientId": grant.client_id,
        "userId": grant.user_id or None,
        "scopeId": grant.scope,
        "source": grant.source,
        "_links": {"app": {"href": f"{base}/api/v1/apps/{grant.client_id}"}},
    }


def token_json(token: RefreshToken, base: str) -> JsonObject:
    """Return a refresh token, without its secret."""
    return {
        "id": token.id,
        "status": "ACTIVE",
        "created": moment(token.created),
        "lastUpdated": moment(token.created),
        "expiresAt": moment(token.expires),
        "issuer": base,
        "clientId": token.client_id,
        "userId": token.user_id,
        "scopes": list(token.scopes),
        "_links": {"app": {"href": f"{base}/api/v1/apps/{token.client_id}"}},
    }


def _client_json(ask: Ask, user: User, client_id: str) -> JsonObject:
    app = ask.tables.app_by_client(client_id)
    me = f"{ask.base}/api/v1/users/{user.id}/clients/{client_id}"
    return {
        "client_id": client_id,
        "client_name": app.label if app else client_id,
        "client_uri": None,
        "logo_uri": None,
        "_links": {
            "grants": hinted(f"{me}/grants", "GET", "DELETE"),
            "tokens": hinted(f"{me}/tokens", "GET", "DELETE"),
        },
    }


def _grants(ask: Ask, user: User, client_id: str = "") -> list[Grant]:
    return [
        grant
        for grant in ask.tables.grants.values()
        if grant.user_id == user.id and client_id in {"", grant.client_id}
    ]


def _grant(ask: Ask) -> Grant:
    wanted = ask.params["grantId"]
    found = next((g for g in _grants(ask, ask.user("userId")) if g.id == wanted), None)
    if found is None:
        raise errors.not_found(wanted, "OAuth2Grant")
    return found


def _tokens(ask: Ask) -> list[RefreshToken]:
    user, client_id = ask.user("userId"), ask.params["clientId"]
    return [
        token
        for token in ask.tables.refresh_tokens.values()
        if token.user_id == user.id and token.client_id == client_id
    ]


def _token(ask: Ask) -> RefreshToken:
    wanted = ask.params["tokenId"]
    found = next((token for token in _tokens(ask) if token.id == wanted), None)
    if found is None:
        raise errors.not_found(wanted, "OAuth2RefreshToken")
    return found


def _revoke(ask: Ask, user: User, grants: list[Grant]) -> None:
    for grant in grants:
        del ask.tables.grants[grant.id]
        target = Party(
            id=grant.client_id, kind="PublicClientApp", alternate_id=grant.scope, name=grant.scope
        )
        ask.happened("app.oauth2.as.consent.revoke", "Consent revoked", user_party(user), target)
    clients = {grant.client_id for grant in grants}
    tokens = ask.tables.refresh_tokens.values()
    _drop(ask, [t for t in tokens if t.user_id == user.id and t.client_id in clients])


def _drop(ask: Ask, tokens: list[RefreshToken]) -> None:
    for token in tokens:
        del ask.tables.refresh_tokens[token.id]
        target = Party(
            id=token.id, kind="refresh_token", alternate_id=token.client_id, name="Refresh Token"
        )
        user = user_party(ask.tables.users[token.user_id])
        ask.happened("app.oauth2.token.revoke", "OAuth2 token revocation", user, target)
