"""Lifecycle operations of users."""

from dataclasses import replace

from irkit.canonical import Json
from irkit.world.okta import errors
from irkit.world.okta.lifecycle import Verb, next_status
from irkit.world.okta.records import User
from irkit.world.okta.routing import EMPTY_OBJECT, Ask, Reply, route
from irkit.world.okta.views import user_json


def _move(ask: Ask, verb: Verb) -> User:
    """Carry `verb` out on the user of the request and return the user as it is now."""
    user = ask.user()
    status = next_status(verb, user.status, has_password=bool(user.password))
    if status is user.status:
        return user
    now = ask.state.now()
    moved = replace(
        user,
        status=status,
        status_changed=now,
        last_updated=now,
        activated=now if verb is Verb.ACTIVATE else user.activated,
        failed_sign_ins=0,
    )
    ask.state.put_user(moved)
    return moved


@route("POST", "/api/v1/users/{id}/lifecycle/activate", area="users")
def activate(ask: Ask) -> Reply:
    """STAGED or DEPROVISIONED → ACTIVE, or PROVISIONED where there is no password."""
    user = _move(ask, Verb.ACTIVATE)
    ask.happened_to("user.lifecycle.activate", "Activate Okta user", user)
    if ask.flag("sendEmail", default=True):
        return EMPTY_OBJECT
    token = ask.state.ids.secret("", 20)
    return Reply(body={"activationUrl": f"{ask.base}/welcome/{token}", "activationToken": token})


@route("POST", "/api/v1/users/{id}/lifecycle/reactivate", area="users")
def reactivate(ask: Ask) -> Reply:
    """Start the activation of a PROVISIONED user again."""
    user = _move(ask, Verb.REACTIVATE)
    ask.happened_to("user.lifecycle.reactivate", "Reactivate Okta user", user)
    return EMPTY_OBJECT


@route("POST", "/api/v1/users/{id}/lifecycle/deactivate", area="users")
def deactivate(ask: Ask) -> Reply:
    """Any status → DEPROVISIONED: sessions end, direct application assignments are lost."""
    user = _move(ask, Verb.DEACTIVATE)
    ask.tables.end_sessions(user.id)
    for assignments in ask.tables.app_users.values():
        assignments.pop(user.id, None)
    ask.tables.factors.pop(user.id, None)
    ask.happened_to("user.lifecycle.deactivate", "Deactivate Okta user", user)
    return EMPTY_OBJECT


@route("POST", "/api/v1/users/{id}/lifecycle/suspend", area="users")
def suspend(ask: Ask) -> Reply:
    """ACTIVE → SUSPENDED: sessions sleep until it is over; groups, roles and assignments stay."""
    user = _move(ask, Verb.SUSPEND)
    ask.happened_to("user.lifecycle.suspend", "Suspend Okta user", user)
    return EMPTY_OBJECT


@route("POST", "/api/v1/users/{id}/lifecycle/unsuspend", area="users")
def unsuspend(ask: Ask) -> Reply:
    """SUSPENDED → ACTIVE."""
    user = _move(ask, Verb.UNSUSPEND)
    ask.happened_to("user.lifecycle.unsuspend", "Unsuspend Okta user", user)
    return EMPTY_OBJECT


@route("POST", "/api/v1/users/{id}/lifecycle/unlock", area="users")
def unlock(ask: Ask) -> Reply:
    """LOCKED_OUT → ACTIVE."""
    user = _move(ask, Verb.UNLOCK)
    ask.happened_to("user.account.unlock_by_admin", "Unlock user account by admin", user)
    return EMPTY_OBJECT


@route("POST", "/api/v1/users/{id}/lifecycle/expire_password", area="users")
def expire_password(ask: Ask) -> Reply:
    """→ PASSWORD_EXPIRED: the next one to sign in chooses the password."""
    user = _expire(ask)
    return Reply(body=user_json(user, ask.base))


@route("POST", "/api/v1/users/{id}/lifecycle/expire_password_with_temp_password", area="users")
def expire_password_with_temp_password(ask: Ask) -> Reply:
    """→ PASSWORD_EXPIRED with a new temporary password."""
    user = _expire(ask)
    temporary = ask.state.ids.secret("", 12)
    ask.state.put_user(replace(user, password=temporary, password_changed=ask.state.now()))
    if ask.flag("revokeSessions"):
        ask.tables.end_sessions(user.id)
    return Reply(body={"tempPassword": temporary})


def _expire(ask: Ask) -> User:
    if ask.user().provider != "OKTA":
        raise errors.wrong_status()
    user = _move(ask, Verb.EXPIRE_PASSWORD)
    ask.happened_to("user.account.expire_password", "Expire user password", user)
    return user


@route("POST", "/api/v1/users/{id}/lifecycle/reset_password", area="users")
def reset_password(ask: Ask) -> Reply:
    """→ RECOVERY: the old password is dead; the link goes to the user or to the caller."""
    if ask.user().provider != "OKTA":
        raise errors.wrong_status()
    user = _move(ask, Verb.RESET_PASSWORD)
    ask.state.put_user(replace(user, password=""))
    if ask.flag("revokeSessions"):
        ask.tables.end_sessions(user.id)
    ask.happened_to(
        "user.account.reset_password", "Fired when the user's Okta password is reset", user
    )
    body: dict[str, Json] = {}
    if not ask.flag("sendEmail", default=True):
        token = ask.state.ids.secret("", 20)
        body["resetPasswordUrl"] = f"{ask.base}/reset_password/{token}"
    return Reply(body=body)


@route("POST", "/api/v1/users/{id}/lifecycle/reset_factors", area="factors", family="users")
def reset_factors(ask: Ask) -> Reply:
    """Remove every factor of a user; a number goes on recovering the password."""
    user = _move(ask, Verb.RESET_FACTORS)
    ask.tables.factors.pop(user.id, None)
    ask.happened_to("user.mfa.factor.reset_all", "Reset all factors for user", user)
    return EMPTY_OBJECT
