"""Who calls: the three credentials Okta accepts, and what their holder may do.

`SSWS tok` and `SSWStok` (the Okta SDK sends no space), `Bearer` access tokens with scopes, and the
`sid` session cookie. Scopes limit a bearer token; admin roles, looked up at each call, limit every
caller. The role check is coarse: it tells areas and reading from writing, not single targets.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from irkit.canonical import Json
from irkit.world.okta.keys import JwtError
from irkit.world.okta.records import ENTERED, ApiToken, Role, Session, User
from irkit.world.okta.state import OktaState
from irkit.world.okta.system_log import Party


class Credential(StrEnum):
    """The kinds of credential a request can carry."""

    NONE = "none"
    API_TOKEN = "api_token"
    ACCESS_TOKEN = "access_token"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What a request's credential says. `valid` is false for one that is presented and dead."""

    credential: Credential = Credential.NONE
    valid: bool = True
    secret: str = ""
    user: User | None = None
    client_id: str = ""
    client_name: str = ""
    scopes: frozenset[str] = frozenset()
    session: Session | None = None
    token: ApiToken | None = None

    @property
    def principal(self) -> str:
        """The name that the call log shows."""
        return self.user.login if self.user else self.client_id

    @property
    def party(self) -> Party:
        """The actor that the System Log shows."""
        if self.user is not None:
            return user_party(self.user)
        if self.client_id:
            return Party(
                id=self.client_id,
                kind="PublicClientApp",
                alternate_id=self.client_id,
                name=self.client_name,
            )
        return Party(id="unknown", kind="User", alternate_id="unknown", name="unknown")


def user_party(user: User) -> Party:
    """Return a user as an actor or target of an event."""
    return Party(id=user.id, kind="User", alternate_id=user.login, name=f"{user.first} {user.last}")


def identify(state: OktaState, authorization: str, cookies: str) -> Caller:
    """Return the caller that the headers of a request name."""
    if authorization.startswith("SSWS"):
        return _token_caller(state, authorization[4:].strip())
    if authorization.startswith("Bearer"):
        return _bearer_caller(state, authorization[6:].strip())
    if sid := _sid(cookies):
        return _session_caller(state, sid)
    return Caller()


def _token_caller(state: OktaState, secret: str) -> Caller:
    token = state.tables.live_token(secret, state.now())
    if token is None:
        known = state.tables.api_tokens.get(state.tables.token_ids.get(secret, ""))
        owner = state.tables.users.get(known.user_id) if known else None
        return Caller(credential=Credential.API_TOKEN, valid=False, secret=secret, user=owner)
    owner = state.tables.users[token.user_id]
    return Caller(credential=Credential.API_TOKEN, secret=secret, user=owner, token=token)


def _bearer_caller(state: OktaState, secret: str) -> Caller:
    dead = Caller(credential=Credential.ACCESS_TOKEN, valid=False, secret=secret)
    try:
        claims = state.keys.read_jwt(secret)
    except JwtError:
        return dead
    expires = claims.get("exp")
    if not isinstance(expires, int) or expires <= state.now().timestamp():
        return dead
    if secret in state.tables.expired:
        return dead
    client_id = str(claims.get("cid", ""))
    app = state.tables.app_by_client(client_id)
    return Caller(
        credential=Credential.ACCESS_TOKEN,
        secret=secret,
        user=state.tables.users.get(str(claims.get("uid", ""))),
        client_id=client_id,
        client_name=app.label if app else client_id,
        scopes=frozenset(_texts(claims.get("scp"))),
    )


def _session_caller(state: OktaState, sid: str) -> Caller:
    session = state.tables.live_session(sid, state.now())
    if session is None:
        known = state.tables.sessions.get(sid)
        user = state.tables.users.get(known.user_id) if known else None
        return Caller(credential=Credential.SESSION, valid=False, secret=sid, user=user)
    user = state.tables.users[session.user_id]
    return Caller(credential=Credential.SESSION, secret=sid, user=user, session=session)


def _sid(cookies: str) -> str:
    pairs = (part.strip().partition("=") for part in cookies.split(";"))
    return next((value for name, _, value in pairs if name == "sid"), "")


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


_EVERYTHING: Final = "*"
_READERS: Final = frozenset({"ORG_ADMIN", "READ_ONLY_ADMIN"})
_AREAS_READ: Final = {
    "REPORT_ADMIN": frozenset({"logs", "users", "groups", "apps"}),
    "USER_ADMIN": frozenset({"users", "groups", "logs", "devices", "apps"}),
    "HELP_DESK_ADMIN": frozenset({"users", "groups", "devices", "apps"}),
    "GROUP_MEMBERSHIP_ADMIN": frozenset({"users", "groups"}),
    "APP_ADMIN": frozenset({"users", "groups", "apps", "appGrants", "clients"}),
    "API_ACCESS_MANAGEMENT_ADMIN": frozenset({"users", "apps", "appGrants", "clients"}),
    "MOBILE_ADMIN": frozenset({"devices", "users"}),
}
_AREAS_WRITTEN: Final = {
    "USER_ADMIN": frozenset({"users", "groups", "sessions", "factors"}),
    "HELP_DESK_ADMIN": frozenset({"sessions", "factors"}),
    "GROUP_MEMBERSHIP_ADMIN": frozenset({"groups"}),
    "APP_ADMIN": frozenset({"apps", "appGrants", "clients"}),
    "API_ACCESS_MANAGEMENT_ADMIN": frozenset({"apps", "appGrants", "clients"}),
    "MOBILE_ADMIN": frozenset({"devices"}),
}
_ONLY_SUPER: Final = frozenset({"roles", "apiTokens", "oktaSupport"})


def has_scope(caller: Caller, scope: str) -> bool:
    """Say whether a bearer token's scopes allow what needs `scope` (manage includes read)."""
    if caller.credential is not Credential.ACCESS_TOKEN:
        return True
    return scope in caller.scopes or scope.replace(".read", ".manage") in caller.scopes


def has_role(state: OktaState, caller: Caller, area: str, *, write: bool) -> bool:
    """Say whether the admin roles of the caller allow this kind of operation."""
    return any(_role_allows(role, area, write=write) for role in _roles(state, caller))


def _roles(state: OktaState, caller: Caller) -> tuple[Role, ...]:
    if caller.user is not None:
        if caller.user.status not in ENTERED:
            return ()
        return tuple(state.tables.effective_roles(caller.user.id))
    return tuple(state.tables.roles.get(caller.client_id, {}).values())


def _role_allows(role: Role, area: str, *, write: bool) -> bool:
    if role.kind == "SUPER_ADMIN":
        return True
    if role.kind == "CUSTOM":
        return _custom_allows(role.custom_role, area, write=write)
    if not write:
        return role.kind in _READERS or area in _AREAS_READ.get(role.kind, frozenset())
    if role.kind == "ORG_ADMIN":
        return area not in _ONLY_SUPER
    return area in _AREAS_WRITTEN.get(role.kind, frozenset())


def _custom_allows(permissions: str, area: str, *, write: bool) -> bool:
    """Permissions are written into the role as `okta.users.manage okta.logs.read …`."""
    wanted = {f"okta.{area}.manage", _EVERYTHING}
    if not write:
        wanted.add(f"okta.{area}.read")
    return bool(wanted & set(permissions.split()))
