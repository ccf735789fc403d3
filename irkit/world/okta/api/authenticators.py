"""Authenticator enrolments: the same factors of a user, as the newer Okta API shows them."""

from typing import Final

from irkit.canonical import JsonObject
from irkit.world.okta import errors
from irkit.world.okta.callers import user_party
from irkit.world.okta.records import Factor, User
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import hinted, moment

_PATH: Final = "/api/v1/users/{userId}/authenticator-enrollments"
_KEYS: Final = {
    "push": ("app", "okta_verify", "Okta Verify"),
    "signed_nonce": ("app", "okta_verify", "Okta Verify"),
    "sms": ("phone", "phone_number", "Phone"),
    "call": ("phone", "phone_number", "Phone"),
    "webauthn": ("security_key", "webauthn", "Security Key or Biometric"),
    "email": ("email", "okta_email", "Email"),
    "question": ("security_question", "security_question", "Security Question"),
    "token:software:totp": ("app", "google_otp", "Google Authenticator"),
}
_OTHER: Final = ("app", "custom_app", "Custom")


@route("GET", _PATH, area="factors", family="users")
def list_enrollments(ask: Ask) -> Reply:
    """List the enrolments of a user."""
    user = ask.user("userId")
    factors = ask.tables.factors.get(user.id, {}).values()
    return Reply(body=[_json(ask, user, factor) for factor in factors])


@route("GET", f"{_PATH}/{{enrollmentId}}", area="factors", family="users")
def get_enrollment(ask: Ask) -> Reply:
    """Show one enrolment."""
    user = ask.user("userId")
    return Reply(body=_json(ask, user, _named(ask, user)))


@route("DELETE", f"{_PATH}/{{enrollmentId}}", area="factors", family="users")
def delete_enrollment(ask: Ask) -> Reply:
    """Remove one enrolment."""
    user = ask.user("userId")
    factor = _named(ask, user)
    del ask.tables.factors[user.id][factor.id]
    target = Party(
        id=factor.id,
        kind="AuthenticatorEnrollment",
        alternate_id=factor.factor_type,
        name=factor.factor_type,
    )
    ask.happened("user.mfa.factor.deactivate", "Reset factor for user", user_party(user), target)
    return NO_CONTENT


def _named(ask: Ask, user: User) -> Factor:
    wanted = ask.params["enrollmentId"]
    factor = ask.tables.factors.get(user.id, {}).get(wanted)
    if factor is None:
        raise errors.not_found(wanted, "AuthenticatorEnrollment")
    return factor


def _json(ask: Ask, user: User, factor: Factor) -> JsonObject:
    kind, key, name = _KEYS.get(factor.factor_type, _OTHER)
    me = f"{ask.base}{_PATH.format(userId=user.id)}/{factor.id}"
    return {
        "id": factor.id,
        "type": kind,
        "key": key,
        "name": name,
        "nickname": None,
        "status": factor.status,
        "created": moment(factor.created),
        "lastUpdated": moment(factor.last_updated),
        "profile": factor.profile if kind == "phone" else None,
        "_links": {"self": hinted(me, "GET", "DELETE")},
    }
