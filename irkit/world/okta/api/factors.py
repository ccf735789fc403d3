"""Factors: list, enrol, activate, remove. A user may enrol one for themselves."""

from dataclasses import replace

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors
from irkit.world.okta.callers import user_party
from irkit.world.okta.directory import PHONES
from irkit.world.okta.records import Factor, User
from irkit.world.okta.routing import NO_CONTENT, Access, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import hinted, moment

_LINKED = {"push": "token:software:totp", "signed_nonce": "push"}
_KNOWN = {
    "call",
    "email",
    "push",
    "question",
    "signed_nonce",
    "sms",
    "token:hardware",
    "token:hotp",
    "token:software:totp",
    "u2f",
    "web",
    "webauthn",
}


@route("GET", "/api/v1/users/{userId}/factors", area="factors", family="users", access=Access.SELF)
def list_factors(ask: Ask) -> Reply:
    """List a user's factors."""
    user = _whose(ask, write=False)
    factors = ask.tables.factors.get(user.id, {}).values()
    return Reply(body=[factor_json(factor, user, ask.base) for factor in factors])


@route(
    "GET",
    "/api/v1/users/{userId}/factors/{factorId}",
    area="factors",
    family="users",
    access=Access.SELF,
)
def get_factor(ask: Ask) -> Reply:
    """Show one factor."""
    user = _whose(ask, write=False)
    return Reply(body=factor_json(_named(ask, user), user, ask.base))


@route("POST", "/api/v1/users/{userId}/factors", area="factors", family="users", access=Access.SELF)
def enroll_factor(ask: Ask) -> Reply:
    """Enrol a factor: PENDING_ACTIVATION, or ACTIVE with `activate=true`.

    A security question is active at once, and its answer is never shown again.
    """
    user = _whose(ask, write=True)
    given = ask.object()
    factor_type = str(given.get("factorType", ""))
    if factor_type not in _KNOWN:
        raise errors.invalid("factorType", "factorType: The field is not a known factor")
    given_profile = given.get("profile")
    known = given_profile if isinstance(given_profile, dict) else {}
    question = factor_type == "question"
    answer = str(known.get("answer", ""))
    if question and not (answer and known.get("question")):
        raise errors.invalid("profile", "profile: The field cannot be left blank")
    factor_id = ask.state.add_factor(
        user.id,
        factor_type,
        provider=str(given.get("provider", "OKTA")),
        status="ACTIVE" if question or ask.flag("activate") else "PENDING_ACTIVATION",
        profile={name: value for name, value in known.items() if name != "answer"} or None,
        pass_code=answer or "000000",
    )
    factor = ask.tables.factors[user.id][factor_id]
    if factor.status == "ACTIVE":
        _tell(ask, "user.mfa.factor.activate", "Activate factor for user", user, factor)
    return Reply(body=factor_json(factor, user, ask.base))


@route(
    "POST",
    "/api/v1/users/{userId}/factors/{factorId}/lifecycle/activate",
    area="factors",
    family="users",
    access=Access.SELF,
)
def activate_factor(ask: Ask) -> Reply:
    """PENDING_ACTIVATION → ACTIVE, with the factor's pass code where it has one."""
    user = _whose(ask, write=True)
    factor = _named(ask, user)
    code = ask.object().get("passCode")
    if factor.status == "PENDING_ACTIVATION" and code not in {None, factor.pass_code}:
        raise errors.bad_code()
    active = replace(factor, status="ACTIVE", last_updated=ask.state.now())
    ask.tables.factors[user.id][factor.id] = active
    _tell(ask, "user.mfa.factor.activate", "Activate factor for user", user, active)
    return Reply(body=factor_json(active, user, ask.base))


@route(
    "DELETE",
    "/api/v1/users/{userId}/factors/{factorId}",
    area="factors",
    family="users",
    access=Access.SELF,
)
def unenroll_factor(ask: Ask) -> Reply:
    """Remove a factor; a push factor takes its linked one-time-code factor with it.

    A number goes on recovering the password, unless `removeRecoveryEnrollment` says otherwise.
    """
    user = _whose(ask, write=True)
    factor = _named(ask, user)
    if factor.factor_type in PHONES and ask.flag("removeRecoveryEnrollment"):
        ask.tables.recovery_phones.pop(user.id, None)
    mine = ask.tables.factors[user.id]
    linked = _LINKED.get(factor.factor_type)
    for item in [f for f in mine.values() if f.id == factor.id or _is(f, linked)]:
        del mine[item.id]
        _tell(ask, "user.mfa.factor.deactivate", "Reset factor for user", user, item)
    return NO_CONTENT


def factor_json(factor: Factor, user: User, base: str) -> JsonObject:
    """Return a factor."""
    me = f"{base}/api/v1/users/{user.id}/factors/{factor.id}"
    links: dict[str, Json] = {
        "self": hinted(me, "GET", "DELETE"),
        "user": hinted(f"{base}/api/v1/users/{user.id}", "GET"),
    }
    if factor.status == "PENDING_ACTIVATION":
        links["activate"] = hinted(f"{me}/lifecycle/activate", "POST")
    return {
        "id": factor.id,
        "factorType": factor.factor_type,
        "provider": factor.provider,
        "vendorName": factor.vendor,
        "status": factor.status,
        "created": moment(factor.created),
        "lastUpdated": moment(factor.last_updated),
        "profile": factor.profile,
        "_links": links,
    }


def _whose(ask: Ask, *, write: bool) -> User:
    """Return the user of the path; others than oneself need an admin."""
    user = ask.user("userId")
    if ask.caller.user is None or ask.caller.user.id != user.id:
        ask.must_be_admin("factors", write=write, family="users")
    return user


def _named(ask: Ask, user: User) -> Factor:
    factor_id = ask.params["factorId"]
    factor = ask.tables.factors.get(user.id, {}).get(factor_id)
    if factor is None:
        raise errors.not_found(factor_id, "UserFactor")
    return factor


def _is(factor: Factor, linked: str | None) -> bool:
    return factor.provider == "OKTA" and factor.factor_type == linked


def _tell(ask: Ask, event_type: str, message: str, user: User, factor: Factor) -> None:
    target = Party(
        id=factor.id,
        kind="AuthenticatorEnrollment",
        alternate_id=factor.factor_type,
        name=factor.factor_type,
    )
    ask.happened(event_type, message, user_party(user), target)
