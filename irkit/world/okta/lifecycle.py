"""The state machine of an Okta user: what is legal from which status, and where it leads.

Pure. Illegal operations answer as Okta does, each with its own code.
"""

from enum import StrEnum
from typing import Final

from irkit.world.okta import errors
from irkit.world.okta.records import ENTERED, UserStatus


class Verb(StrEnum):
    """The lifecycle operations, by their last path segment."""

    ACTIVATE = "activate"
    REACTIVATE = "reactivate"
    DEACTIVATE = "deactivate"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    UNLOCK = "unlock"
    EXPIRE_PASSWORD = "expire_password"
    RESET_PASSWORD = "reset_password"
    RESET_FACTORS = "reset_factors"


_ALL: Final = frozenset(UserStatus)

_LEGAL: Final = {
    Verb.ACTIVATE: frozenset({UserStatus.STAGED, UserStatus.DEPROVISIONED}),
    Verb.REACTIVATE: frozenset({UserStatus.PROVISIONED, UserStatus.RECOVERY}),
    Verb.DEACTIVATE: _ALL,
    Verb.SUSPEND: frozenset({UserStatus.ACTIVE}),
    Verb.UNSUSPEND: frozenset({UserStatus.SUSPENDED}),
    Verb.UNLOCK: frozenset({UserStatus.LOCKED_OUT}),
    Verb.EXPIRE_PASSWORD: ENTERED,
    Verb.RESET_PASSWORD: ENTERED | {UserStatus.PROVISIONED},
    Verb.RESET_FACTORS: _ALL - {UserStatus.STAGED, UserStatus.DEPROVISIONED},
}


_LEADS_TO: Final = {
    Verb.ACTIVATE: UserStatus.ACTIVE,
    Verb.REACTIVATE: UserStatus.PROVISIONED,
    Verb.DEACTIVATE: UserStatus.DEPROVISIONED,
    Verb.SUSPEND: UserStatus.SUSPENDED,
    Verb.UNSUSPEND: UserStatus.ACTIVE,
    Verb.UNLOCK: UserStatus.ACTIVE,
    Verb.EXPIRE_PASSWORD: UserStatus.PASSWORD_EXPIRED,
    Verb.RESET_PASSWORD: UserStatus.RECOVERY,
}


def next_status(verb: Verb, status: UserStatus, *, has_password: bool = True) -> UserStatus:
    """Return the status that `verb` leads to from `status`; a reset of factors leaves it.

    Raises:
        OktaError: where the operation is not legal from `status`.
    """
    if status not in _LEGAL[verb]:
        raise _refusal(verb)
    if verb is Verb.ACTIVATE and not has_password:
        return UserStatus.PROVISIONED
    return _LEADS_TO.get(verb, status)


def _refusal(verb: Verb) -> errors.OktaError:
    match verb:
        case Verb.SUSPEND:
            return errors.invalid("suspendUser", "Cannot suspend a user that is not active")
        case Verb.UNSUSPEND:
            return errors.invalid("unsuspendUser", "Cannot unsuspend a user that is not suspended")
        case Verb.UNLOCK:
            return errors.not_locked()
        case Verb.ACTIVATE:
            return errors.already_active()
        case (
            Verb.REACTIVATE
            | Verb.DEACTIVATE
            | Verb.EXPIRE_PASSWORD
            | Verb.RESET_PASSWORD
            | Verb.RESET_FACTORS
        ):
            return errors.wrong_status()
