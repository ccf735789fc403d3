"""OAuth 2.0: access tokens for service apps (private-key JWT) and from refresh tokens.

An access token is a signed JWT that lives an hour. Nothing revokes it: not a revoked session,
grant or refresh token, not the suspension of its user (whose admin rights are gone all the same).
"""

from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.world.okta.api.authn import failed_sign_in
from irkit.world.okta.callers import Credential, user_party
from irkit.world.okta.keys import JwtError, public_key, unverified_claims, verified_claims
from irkit.world.okta.records import ENTERED, App, User, UserStatus
from irkit.world.okta.routing import Access, Ask, Reply, route
from irkit.world.okta.sign_on import is_denied
from irkit.world.okta.views import app_party

TOKEN_SECONDS: Final = 3600
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@route("POST", "/oauth2/v1/token", access=Access.OPEN, write=False)
def issue_token(ask: Ask) -> Reply:
    """Issue an access token for client credentials, a refresh token or a user's password.

    The parameters come in the body, in the query, or (the Okta SDK) some in each.
    """
    form = {**ask.query, **ask.object()}
    match form.get("grant_type"):
        case "client_credentials":
            return _for_client(ask, form)
        case "refresh_token":
            return _for_user(ask, form)
        case "password":
            return _for_password(ask, form)
        case _:
            return _refused(400, "unsupported_grant_type", "The grant type is not supported.")


@route("GET", "/oauth2/v1/userinfo", access=Access.OPEN)
def userinfo(ask: Ask) -> Reply:
    """Show the user of an access token, as any resource server would accept it until it expires."""
    caller = ask.caller
    if caller.credential is not Credential.ACCESS_TOKEN or not caller.valid or caller.user is None:
        return Reply(status=401, headers=(("www-authenticate", 'Bearer error="invalid_token"'),))
    user = caller.user
    return Reply(
        body={
            "sub": user.id,
            "name": f"{user.first} {user.last}",
            "email": user.email,
            "preferred_username": user.login,
        }
    )


def _for_client(ask: Ask, form: JsonObject) -> Reply:
    """A token has those of the scopes asked for that are granted; where none is, there is none."""
    assertion = str(form.get("client_assertion", ""))
    if form.get("client_assertion_type") != _ASSERTION or not assertion:
        return _refused(401, "invalid_client", "A client_assertion is required.")
    app = _asserted(ask, assertion)
    if app is None:
        return _refused(401, "invalid_client", "The client_assertion is not valid.")
    wanted = tuple(str(form.get("scope", "")).split())
    granted = {
        grant.scope
        for grant in ask.tables.grants.values()
        if grant.client_id == app.client_id and not grant.user_id
    }
    given = tuple(scope for scope in wanted if scope in granted)
    if not given:
        ask.happened(
            "app.oauth2.token.grant",
            "OAuth2 token request",
            app_party(app),
            result="FAILURE",
            reason="invalid_scope",
        )
        return _refused(400, "invalid_scope", "One or more scopes are not granted to the client.")
    ask.happened("app.oauth2.token.grant.access_token", "Token granted", app_party(app))
    return _issued(ask, app.client_id, "", given)


def _asserted(ask: Ask, assertion: str) -> App | None:
    """Return the active service app that signed `assertion` for this org, None if none did."""
    try:
        client_id = str(unverified_claims(assertion).get("iss", ""))
    except JwtError:
        return None
    app = ask.tables.app_by_client(client_id)
    if app is None or app.status != "ACTIVE":
        return None
    for key in app.public_keys:
        try:
            claims = verified_claims(assertion, public_key(key))
        except JwtError:
            continue
        if _acceptable(ask, claims, client_id):
            return app
    return None


def _acceptable(ask: Ask, claims: JsonObject, client_id: str) -> bool:
    expires = claims.get("exp")
    now = ask.state.now().timestamp()
    return (
        isinstance(expires, int)
        and now < expires <= now + TOKEN_SECONDS
        and claims.get("sub") == client_id
        and claims.get("aud") == f"{ask.base}/oauth2/v1/token"
    )


def _for_user(ask: Ask, form: JsonObject) -> Reply:
    secret = str(form.get("refresh_token", ""))
    token = next((t for t in ask.tables.refresh_tokens.values() if t.secret == secret), None)
    user = ask.tables.users.get(token.user_id) if token else None
    if token is None or user is None or token.expires <= ask.state.now():
        return _refused(400, "invalid_grant", "The refresh token is invalid or expired.")
    if user.status not in ENTERED:
        return _refused(400, "invalid_grant", "The user is not active.")
    ask.happened(
        "app.oauth2.token.grant.access_token",
        "Token granted",
        user_party(user),
        actor=user_party(user),
    )
    return _issued(ask, token.client_id, user.id, token.scopes)


def _for_password(ask: Ask, form: JsonObject) -> Reply:
    """Resource owner password: for a public client that may, and a user who is assigned to it."""
    app = ask.tables.app_by_client(str(form.get("client_id", "")))
    if app is None or app.status != "ACTIVE":
        return _refused(401, "invalid_client", "Invalid value for 'client_id' parameter.")
    if "password" not in app.grant_types:
        text = "The client is not authorized to use the provided grant type."
        return _refused(400, "unauthorized_client", text)
    user = _who_has_password(ask, form)
    if user is None:
        return _refused(400, "invalid_grant", "The credentials provided were invalid.")
    if not _assigned(ask, app, user) or is_denied(ask.tables, user.id):
        text = "User is not assigned to the client application."
        return _refused(400, "access_denied", text)
    scopes = tuple(str(form.get("scope", "")).split())
    party = user_party(user)
    ask.happened("app.oauth2.token.grant.access_token", "Token granted", party, actor=party)
    reply = _issued(ask, app.client_id, user.id, scopes)
    if "offline_access" not in scopes or not isinstance(reply.body, dict):
        return reply
    secret = ask.state.add_refresh_token(user.id, app.client_id, scopes)
    return Reply(body={**reply.body, "refresh_token": secret})


def _who_has_password(ask: Ask, form: JsonObject) -> User | None:
    """Return the active user whose login and password they are; a wrong password is counted."""
    login = str(form.get("username", "")).casefold()
    user = ask.tables.users.get(ask.tables.logins.get(login, ""))
    if user is None or user.status is not UserStatus.ACTIVE:
        return None
    if user.password and form.get("password") == user.password:
        return user
    failed_sign_in(ask, user)
    return None


def _assigned(ask: Ask, app: App, user: User) -> bool:
    groups = ask.tables.memberships.get(user.id, {})
    own = ask.tables.app_users.get(app.id, {})
    return user.id in own or any(g in groups for g in ask.tables.app_groups.get(app.id, {}))


def _issued(ask: Ask, client_id: str, user_id: str, scopes: tuple[str, ...]) -> Reply:
    now = int(ask.state.now().timestamp())
    claims: dict[str, Json] = {
        "ver": 1,
        "jti": ask.state.ids.secret("AT.", 30),
        "iss": ask.base,
        "aud": ask.base,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "cid": client_id,
        "scp": list(scopes),
        "sub": user_id or client_id,
    }
    if user_id:
        claims["uid"] = user_id
    return Reply(
        body={
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "access_token": ask.state.keys.issue_jwt(claims),
            "scope": " ".join(scopes),
        }
    )


def _refused(status: int, error: str, description: str) -> Reply:
    return Reply(status=status, body={"error": error, "error_description": description})
