"""What an OAuth client holds: refresh tokens of users, and the scopes granted to a service app."""

from irkit.world.okta import errors
from irkit.world.okta.api.grants import grant_json, token_json
from irkit.world.okta.paging import page
from irkit.world.okta.records import Grant, RefreshToken
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.views import app_party


@route("GET", "/api/v1/apps/{appId}/tokens", area="apps")
def list_app_tokens(ask: Ask) -> Reply:
    """List the refresh tokens of an application."""
    return page(
        ask, _tokens(ask), key=lambda t: t.id, show=lambda t: token_json(t, ask.base), default=20
    )


@route("GET", "/api/v1/apps/{appId}/tokens/{tokenId}", area="apps")
def get_app_token(ask: Ask) -> Reply:
    """Show one refresh token of an application."""
    wanted = ask.params["tokenId"]
    found = next((token for token in _tokens(ask) if token.id == wanted), None)
    if found is None:
        raise errors.not_found(wanted, "OAuth2RefreshToken")
    return Reply(body=token_json(found, ask.base))


@route("DELETE", "/api/v1/apps/{appId}/tokens", area="apps")
def revoke_app_tokens(ask: Ask) -> Reply:
    """Revoke every refresh token of an application."""
    app = ask.tables.app(ask.params["appId"])
    for token in _tokens(ask):
        del ask.tables.refresh_tokens[token.id]
    ask.happened("app.oauth2.client.revoke_tokens", "Revoke all OAuth2 tokens", app_party(app))
    return NO_CONTENT


@route("DELETE", "/api/v1/apps/{appId}/tokens/{tokenId}", area="apps")
def revoke_app_token(ask: Ask) -> Reply:
    """Revoke one refresh token of an application."""
    app = ask.tables.app(ask.params["appId"])
    wanted = ask.params["tokenId"]
    if wanted not in {token.id for token in _tokens(ask)}:
        raise errors.not_found(wanted, "OAuth2RefreshToken")
    del ask.tables.refresh_tokens[wanted]
    ask.happened("app.oauth2.token.revoke", "OAuth2 token revocation", app_party(app))
    return NO_CONTENT


@route("GET", "/api/v1/apps/{appId}/grants", area="appGrants")
def list_scope_grants(ask: Ask) -> Reply:
    """List the scopes granted to an application."""
    found = _grants(ask)
    return page(ask, found, key=lambda g: g.id, show=lambda g: grant_json(g, ask.base), default=20)


@route("POST", "/api/v1/apps/{appId}/grants", area="appGrants")
def grant_scope(ask: Ask) -> Reply:
    """Grant a scope to an application."""
    app = ask.tables.app(ask.params["appId"])
    scope = str(ask.object().get("scopeId", ""))
    if not scope:
        raise errors.invalid("scopeId", "scopeId: The field cannot be left blank")
    held = next((grant for grant in _grants(ask) if grant.scope == scope), None)
    if held is None:
        held = ask.tables.grants[ask.state.add_grant("", app.client_id, scope, source="ADMIN")]
        ask.happened("app.oauth2.as.consent.grant", f"Consent granted: {scope}", app_party(app))
    return Reply(body=grant_json(held, ask.base))


@route("GET", "/api/v1/apps/{appId}/grants/{grantId}", area="appGrants")
def get_scope_grant(ask: Ask) -> Reply:
    """Show one granted scope."""
    return Reply(body=grant_json(_grant(ask), ask.base))


@route("DELETE", "/api/v1/apps/{appId}/grants/{grantId}", area="appGrants")
def revoke_scope_grant(ask: Ask) -> Reply:
    """Take a scope from an application; the next access token lacks it."""
    grant = _grant(ask)
    del ask.tables.grants[grant.id]
    app = ask.tables.app(ask.params["appId"])
    ask.happened("app.oauth2.as.consent.revoke", f"Consent revoked: {grant.scope}", app_party(app))
    return NO_CONTENT


def _tokens(ask: Ask) -> list[RefreshToken]:
    app = ask.tables.app(ask.params["appId"])
    return [t for t in ask.tables.refresh_tokens.values() if t.client_id == app.client_id]


def _grants(ask: Ask) -> list[Grant]:
    app = ask.tables.app(ask.params["appId"])
    return [
        grant
        for grant in ask.tables.grants.values()
        if grant.client_id == app.client_id and not grant.user_id
    ]


def _grant(ask: Ask) -> Grant:
    wanted = ask.params["grantId"]
    found = next((grant for grant in _grants(ask) if grant.id == wanted), None)
    if found is None:
        raise errors.not_found(wanted, "OAuth2Grant")
    return found
