"""Who somebody is for whom a trusted identity provider vouches, and whether they are let in.

The provider's policy decides: which user is meant (`subject`), whether a user is linked who was
not (`accountLink`), whether one is made who does not exist, or let in again who was suspended or
deactivated (`provisioning`). What the policy does not say is off.
"""

import re
from dataclasses import replace
from typing import Final

from irkit.canonical import JsonObject
from irkit.world.okta.api.idp_users import link, linked_as
from irkit.world.okta.inbound_saml import Vouched
from irkit.world.okta.records import User, UserStatus
from irkit.world.okta.routing import Ask
from irkit.world.okta.sign_on import is_denied
from irkit.world.okta.tables import at

FEDERATION: Final = "FEDERATION"
_ENTERS: Final = frozenset({UserStatus.ACTIVE, UserStatus.RECOVERY, UserStatus.PASSWORD_EXPIRED})
"""Who comes through a provider needs no password of Okta's, expired or reset as it may be."""

_BACK: Final = {
    UserStatus.SUSPENDED: ("suspended", "UNSUSPEND", "user.lifecycle.unsuspend"),
    UserStatus.DEPROVISIONED: ("deprovisioned", "REACTIVATE", "user.lifecycle.activate"),
}
_MATCHED: Final = {
    "USERNAME": ("login",),
    "EMAIL": ("email",),
    "USERNAME_OR_EMAIL": ("login", "email"),
}


class NotLetInError(Exception):
    """Somebody is not let in, although the provider vouches for them; the message says why."""


def arrive(ask: Ask, idp_id: str, idp: JsonObject, vouched: Vouched) -> User:
    """Return the user that a provider vouches for, linked and active.

    Raises:
        NotLetInError: if nobody is meant, or the policy does not let them in.
    """
    user = linked_as(ask, idp_id, vouched.name_id)
    if user is None:
        user = _matched(ask, idp, vouched.name_id)
        if user is None:
            user = _made(ask, idp, vouched)
        else:
            _must_link(ask, idp, user)
        link(ask, idp_id, user, vouched.name_id)
    if is_denied(ask.tables, user.id):
        raise NotLetInError("Sign-on policy evaluation resulted in DENY")
    return _entered(ask, idp, user)


def _matched(ask: Ask, idp: JsonObject, name: str) -> User | None:
    """Return the user of this name, if the policy's filter lets such a name through."""
    allowed = at(idp, "policy", "subject", "filter")
    if isinstance(allowed, str) and allowed and not re.fullmatch(allowed, name):
        raise NotLetInError("the name does not pass the provider's filter")
    by = _MATCHED.get(str(at(idp, "policy", "subject", "matchType")), ("login",))
    wanted = name.casefold()
    for user in ask.tables.users.values():
        if any(str(getattr(user, field)).casefold() == wanted for field in by):
            return user
    return None


def _must_link(ask: Ask, idp: JsonObject, user: User) -> None:
    if at(idp, "policy", "accountLink", "action") != "AUTO":
        raise NotLetInError("the user is not linked, and linking is off")
    groups = at(idp, "policy", "accountLink", "filter", "groups", "include")
    mine = ask.tables.memberships.get(user.id, {})
    if isinstance(groups, list) and groups and not any(str(group) in mine for group in groups):
        raise NotLetInError("the user is in none of the groups that are linked")


def _made(ask: Ask, idp: JsonObject, vouched: Vouched) -> User:
    """Make a user at first sign-in, if the provider says enough of them."""
    if at(idp, "policy", "provisioning", "action") != "AUTO":
        raise NotLetInError("nobody has this name, and nobody is made at sign-in")
    said = vouched.attributes
    missing = [name for name in ("email", "firstName", "lastName") if not said.get(name)]
    if missing:
        raise NotLetInError(f"nobody has this name, and none is made without {missing[0]}")
    user_id = ask.state.add_user(
        vouched.name_id,
        said["firstName"],
        said["lastName"],
        email=said["email"],
        provider=FEDERATION,
    )
    user = ask.tables.users[user_id]
    ask.happened_to("user.lifecycle.create", "Create Okta user", user)
    return user


def _entered(ask: Ask, idp: JsonObject, user: User) -> User:
    """Let a user in, again where the policy says so."""
    if user.status in _ENTERS:
        return user
    condition, action, event = _BACK.get(user.status, ("", "", ""))
    provisioning = at(idp, "policy", "provisioning")
    if (
        not condition
        or at(provisioning, "action") != "AUTO"
        or at(provisioning, "conditions", condition, "action") != action
    ):
        raise NotLetInError(f"the user is {user.status}")
    now = ask.state.now()
    back = replace(user, status=UserStatus.ACTIVE, status_changed=now, last_updated=now)
    ask.state.put_user(back)
    ask.happened_to(event, "Let in again at sign-in", back)
    return back
