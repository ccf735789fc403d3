"""Primary authentication: password, then a factor where the user has one."""

from dataclasses import replace
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.world.okta import errors
from irkit.world.okta.api.factors import factor_json
from irkit.world.okta.callers import user_party
from irkit.world.okta.credentials import SESSION_LIFE
from irkit.world.okta.records import Factor, User, UserStatus
from irkit.world.okta.routing import Access, Ask, Reply, route
from irkit.world.okta.sign_on import is_denied
from irkit.world.okta.tables import at
from irkit.world.okta.views import profile

LOCK_AFTER: Final = 10
PASSWORD_ONLY: Final = "20111"
WITH_FACTOR: Final = "20222"


@route("POST", "/api/v1/authn", access=Access.OPEN)
def sign_in(ask: Ask) -> Reply:
    """Check a password: a session token, or a state token where a factor is needed."""
    given = ask.object()
    login = str(given.get("username", ""))
    user = ask.tables.users.get(ask.tables.logins.get(login.casefold(), ""))
    if user is None:
        raise errors.authentication_failed()
    if user.status is UserStatus.LOCKED_OUT:
        return Reply(body={"status": "LOCKED_OUT", "_links": {}})
    entered = user.status in {UserStatus.ACTIVE, UserStatus.PASSWORD_EXPIRED}
    if not entered or not user.password or given.get("password") != user.password:
        failed_sign_in(ask, user)
        raise errors.authentication_failed()
    if is_denied(ask.tables, user.id):
        _tell(
            ask,
            "policy.evaluate_sign_on",
            user,
            "DENY",
            "Sign-on policy evaluation resulted in DENY",
        )
        raise errors.forbidden()
    if user.status is UserStatus.PASSWORD_EXPIRED:
        return Reply(body=_transaction(ask, "PASSWORD_EXPIRED", user))
    return Reply(body=past_password(ask, user, browser=_browser(given)))


def past_password(ask: Ask, user: User, *, browser: str = "") -> JsonObject:
    """Answer whoever gave the right password: a factor is asked for, but not in a known browser."""
    factors = _active_factors(ask, user)
    if not factors or (user.id, browser) in ask.tables.remembered:
        return _success(ask, user, PASSWORD_ONLY)
    body = _transaction(ask, "MFA_REQUIRED", user, factors)
    ask.tables.browsers[str(body["stateToken"])] = browser
    return body


@route("POST", "/api/v1/authn/factors/{factorId}/verify", access=Access.OPEN)
def verify_factor(ask: Ask) -> Reply:
    """Pass a factor with its code; a push waits until its holder approves."""
    given = ask.object()
    state_token = str(given.get("stateToken", ""))
    user = ask.tables.users.get(ask.tables.sign_ins.get(state_token, ""))
    if user is None or user.status is not UserStatus.ACTIVE:
        raise errors.bad_token()
    factor = ask.tables.factors.get(user.id, {}).get(ask.params["factorId"])
    if factor is None:
        raise errors.not_found(ask.params["factorId"], "UserFactor")
    if factor.factor_type == "push":
        _tell(ask, "system.push.send_factor_verify_push", user, "SUCCESS")
    if factor.rejects:
        return _rejected(ask, user, factor, state_token)
    if factor.factor_type == "push" and not factor.approves:
        body = _transaction(ask, "MFA_CHALLENGE", user, (factor,))
        return Reply(body={**body, "stateToken": state_token, "factorResult": "WAITING"})
    said = "answer" if factor.factor_type == "question" else "passCode"
    if factor.factor_type != "push" and given.get(said) != factor.pass_code:
        _tell(ask, "user.authentication.auth_via_mfa", user, "FAILURE", "INVALID_CREDENTIALS")
        raise errors.bad_code()
    del ask.tables.sign_ins[state_token]
    browser = ask.tables.browsers.pop(state_token, "")
    if browser and ask.flag("rememberDevice"):
        ask.tables.remembered.add((user.id, browser))
    _tell(ask, "user.authentication.auth_via_mfa", user, "SUCCESS")
    return Reply(body=_success(ask, user, WITH_FACTOR))


def _rejected(ask: Ask, user: User, factor: Factor, state_token: str) -> Reply:
    """Answer that the holder said no; another push may be sent at once."""
    ask.tables.factors[user.id][factor.id] = replace(factor, rejects=factor.rejects - 1)
    _tell(ask, "user.mfa.okta_verify.deny_push", user, "FAILURE", "INVALID_CREDENTIALS")
    body = _transaction(ask, "MFA_CHALLENGE", user, (factor,))
    return Reply(body={**body, "stateToken": state_token, "factorResult": "REJECTED"})


def _browser(given: JsonObject) -> str:
    """Return the token by which a browser says that it is the same one."""
    return str(at(given, "context", "deviceToken") or "")


def _active_factors(ask: Ask, user: User) -> tuple[Factor, ...]:
    mine = ask.tables.factors.get(user.id, {}).values()
    return tuple(factor for factor in mine if factor.status == "ACTIVE")


def failed_sign_in(ask: Ask, user: User) -> None:
    """Count a wrong password; too many of them lock the user out."""
    _tell(ask, "user.session.start", user, "FAILURE", "INVALID_CREDENTIALS")
    if user.status is not UserStatus.ACTIVE:
        return
    count = user.failed_sign_ins + 1
    locked = count >= LOCK_AFTER
    now = ask.state.now()
    ask.state.put_user(
        replace(
            user,
            failed_sign_ins=count,
            status=UserStatus.LOCKED_OUT if locked else user.status,
            status_changed=now if locked else user.status_changed,
        )
    )
    if locked:
        _tell(ask, "user.account.lock", user, "SUCCESS")


def _success(ask: Ask, user: User, prefix: str) -> JsonObject:
    token = ask.state.ids.secret(prefix, 45)
    ask.tables.sign_ins[token] = user.id
    return {
        "expiresAt": rfc3339(ask.state.now() + SESSION_LIFE),
        "status": "SUCCESS",
        "sessionToken": token,
        "_embedded": {"user": {"id": user.id, "profile": profile(user)}},
    }


def _transaction(
    ask: Ask, status: str, user: User, factors: tuple[Factor, ...] = ()
) -> dict[str, Json]:
    token = ask.state.ids.secret("00", 42)
    ask.tables.sign_ins[token] = user.id
    return {
        "stateToken": token,
        "expiresAt": rfc3339(ask.state.now() + SESSION_LIFE),
        "status": status,
        "_embedded": {
            "user": {"id": user.id, "profile": profile(user)},
            "factors": [factor_json(factor, user, ask.base) for factor in factors],
        },
    }


def _tell(ask: Ask, event_type: str, user: User, result: str, reason: str | None = None) -> None:
    party = user_party(user)
    ask.happened(event_type, "User sign-in", party, actor=party, result=result, reason=reason)
