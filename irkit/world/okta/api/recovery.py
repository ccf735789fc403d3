"""A forgotten password: whoever holds the number that Okta knows chooses the next one."""

from dataclasses import replace
from typing import Final

from irkit.world.okta import errors
from irkit.world.okta.api.authn import past_password
from irkit.world.okta.callers import user_party
from irkit.world.okta.records import User, UserStatus
from irkit.world.okta.routing import Access, Ask, Reply, route

_CHALLENGED: Final = "RECOVERY_CHALLENGE"
_PASSED: Final = "PASSWORD_RESET"


@route("POST", "/api/v1/authn/recovery/password", access=Access.OPEN)
def forget_password(ask: Ask) -> Reply:
    """Send a code to the number of an active user; where there is none nobody recovers anything."""
    login = str(ask.object().get("username", ""))
    user = ask.tables.users.get(ask.tables.logins.get(login.casefold(), ""))
    known = user is not None and user.id in ask.tables.recovery_phones
    if user is None or not known or user.status is not UserStatus.ACTIVE:
        raise errors.forbidden()
    return _next(ask, user, _CHALLENGED)


@route("POST", "/api/v1/authn/recovery/factors/{factorType}/verify", access=Access.OPEN)
def answer_challenge(ask: Ask) -> Reply:
    """Pass with the code that was sent."""
    user = _under_way(ask, _CHALLENGED)
    phone = ask.tables.recovery_phones.get(user.id)
    if phone is None or ask.object().get("passCode") != phone.pass_code:
        raise errors.bad_code()
    return _next(ask, user, _PASSED)


@route("POST", "/api/v1/authn/credentials/reset_password", access=Access.OPEN)
def choose_password(ask: Ask) -> Reply:
    """Choose the next password; a factor is asked for as at any sign-in."""
    user = replace(
        _under_way(ask, _PASSED),
        password=str(ask.object().get("newPassword", "")),
        password_changed=ask.state.now(),
    )
    ask.state.put_user(user)
    party = user_party(user)
    ask.happened("user.account.reset_password", "Password reset by user", party, actor=party)
    return Reply(body=past_password(ask, user))


def _next(ask: Ask, user: User, status: str) -> Reply:
    token = ask.state.ids.secret("00", 42)
    ask.tables.recoveries[token, status] = user.id
    return Reply(body={"status": status, "stateToken": token})


def _under_way(ask: Ask, status: str) -> User:
    """Return the user whose recovery the state token continues at this point."""
    token = str(ask.object().get("stateToken", ""))
    user = ask.tables.users.get(ask.tables.recoveries.pop((token, status), ""))
    if user is None or user.status is not UserStatus.ACTIVE:
        raise errors.bad_token()
    return user
