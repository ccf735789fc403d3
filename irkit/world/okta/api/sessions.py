"""Sessions: sign-on with a session token, one's own session, and what ends sessions."""

from dataclasses import replace

from irkit.canonical import JsonObject
from irkit.world.okta import errors
from irkit.world.okta.callers import user_party
from irkit.world.okta.credentials import SESSION_LIFE
from irkit.world.okta.records import Session
from irkit.world.okta.routing import NO_CONTENT, Access, Ask, Reply, route
from irkit.world.okta.views import hinted, moment


@route("POST", "/api/v1/sessions", access=Access.OPEN)
def create_session(ask: Ask) -> Reply:
    """Exchange a one-time session token for a session; the cookie is set as a browser gets it."""
    token = str(ask.object().get("sessionToken", ""))
    user_id = ask.tables.sign_ins.pop(token, "")
    user = ask.tables.users.get(user_id)
    if user is None or user.status != "ACTIVE":
        raise errors.authentication_failed()
    amr = ("pwd", "mfa") if token.startswith("20222") else ("pwd",)
    sid = ask.state.start_session(user.id, ask.origin.ip, user_agent=ask.origin.user_agent, amr=amr)
    session = ask.tables.sessions[sid]
    ask.happened(
        "user.session.start",
        "User login to Okta",
        user_party(user),
        actor=user_party(user),
        session=session.external_id,
    )
    cookie = ("set-cookie", f"sid={sid}; Path=/; HttpOnly")
    return Reply(body=_session_json(ask, session), headers=(cookie,))


@route("GET", "/api/v1/sessions/me", access=Access.OPEN)
def my_session(ask: Ask) -> Reply:
    """Show the caller's session under the id the log knows; the cookie's value is not shown."""
    return Reply(body=_own_json(ask, _own(ask)))


@route("POST", "/api/v1/sessions/me/lifecycle/refresh", access=Access.OPEN)
def refresh_my_session(ask: Ask) -> Reply:
    """Lengthen the caller's session."""
    return Reply(body=_own_json(ask, _lengthened(ask, _own(ask))))


@route("DELETE", "/api/v1/sessions/me", access=Access.OPEN)
def close_my_session(ask: Ask) -> Reply:
    """Sign out."""
    session = _own(ask)
    user = ask.tables.users[session.user_id]
    ask.happened_to("user.session.end", "User logout from Okta", user)
    del ask.tables.sessions[session.id]
    return NO_CONTENT


@route("GET", "/api/v1/sessions/{sessionId}", area="sessions")
def get_session(ask: Ask) -> Reply:
    """Show a session."""
    return Reply(body=_session_json(ask, _named(ask)))


@route("POST", "/api/v1/sessions/{sessionId}/lifecycle/refresh", area="sessions")
def refresh_session(ask: Ask) -> Reply:
    """Lengthen a session."""
    return Reply(body=_session_json(ask, _lengthened(ask, _named(ask))))


@route("DELETE", "/api/v1/sessions/{sessionId}", area="sessions")
def revoke_session(ask: Ask) -> Reply:
    """End one session."""
    session = _named(ask)
    del ask.tables.sessions[session.id]
    user = ask.tables.users[session.user_id]
    ask.happened_to("user.session.end", "User logout from Okta", user)
    return NO_CONTENT


@route("DELETE", "/api/v1/users/{userId}/sessions", area="sessions", family="users")
def revoke_user_sessions(ask: Ask) -> Reply:
    """End all sessions of a user; with `oauthTokens` the refresh tokens too.

    Sessions at applications (AWS among them), access tokens already issued and the user's API
    tokens live on, and so do remembered browsers, unless `forgetDevices` says otherwise: what
    Okta takes where it is not said depends on the org.
    """
    user = ask.user("userId")
    ended = ask.tables.end_sessions(user.id)
    if ask.flag("forgetDevices"):
        ask.tables.remembered = {pair for pair in ask.tables.remembered if pair[0] != user.id}
    if ask.flag("oauthTokens"):
        tokens = ask.tables.refresh_tokens
        for key in [key for key, item in tokens.items() if item.user_id == user.id]:
            del tokens[key]
    ask.happened(
        "user.session.clear",
        "Clear user session",
        user_party(user),
        debug={"sessionsCleared": str(ended)},
    )
    return NO_CONTENT


def _own(ask: Ask) -> Session:
    """Return the caller's session; where there is none it is a 404, not a refusal."""
    if ask.caller.session is None:
        raise errors.not_found("me", "Session")
    return ask.caller.session


def _own_json(ask: Ask, session: Session) -> JsonObject:
    return {**_session_json(ask, session), "id": session.external_id}


def _named(ask: Ask) -> Session:
    session_id = ask.params["sessionId"]
    known = ask.tables.sessions.values()
    cookie = next((item.id for item in known if item.external_id == session_id), session_id)
    session = ask.tables.live_session(cookie, ask.state.now())
    if session is None:
        raise errors.not_found(session_id, "AppSession")
    return session


def _lengthened(ask: Ask, session: Session) -> Session:
    longer = replace(session, expires=ask.state.now() + SESSION_LIFE)
    ask.tables.sessions[session.id] = longer
    return longer


def _session_json(ask: Ask, session: Session) -> JsonObject:
    user = ask.tables.users[session.user_id]
    me = f"{ask.base}/api/v1/sessions/{session.id}"
    mfa = "mfa" in session.amr
    return {
        "id": session.id,
        "userId": user.id,
        "login": user.login,
        "createdAt": moment(session.created),
        "expiresAt": moment(session.expires),
        "status": "ACTIVE",
        "lastPasswordVerification": moment(session.created),
        "lastFactorVerification": moment(session.created) if mfa else None,
        "amr": list(session.amr),
        "idp": {
            "id": session.idp_id or ask.state.org_id,
            "type": "FEDERATION" if session.idp_id else "OKTA",
        },
        "mfaActive": mfa,
        "_links": {
            "self": hinted(me, "GET", "DELETE"),
            "refresh": hinted(f"{me}/lifecycle/refresh", "POST"),
            "user": {
                "name": f"{user.first} {user.last}",
                **hinted(f"{ask.base}/api/v1/users/{user.id}", "GET"),
            },
        },
    }
