"""Which names a person has in AWS, and which Okta sign-on a session came from.

Everybody is a person without names: each session is joined with the sign-ons of whom it is named
after.

A session that no sign-on explains may rest on a forged assertion: it is an orphan. Without Okta's
log that cannot be said, and is not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from irkit.actions.base import Readers
from irkit.actions.okta_user import fetch_user
from irkit.actions.shape import entries, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339, rfc3339
from irkit.providers.call import CallError

_SIGN_ON: Final = "user.authentication.sso"
_AT_MOST: Final = timedelta(minutes=5)
_SKEW: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person's names, in lower case (everybody's: none), and the sign-ons as Okta logged them.

    `sign_ons` is None where Okta's log was not read.
    """

    names: frozenset[str]
    sign_ons: tuple[JsonObject, ...] | None
    gaps: tuple[str, ...] = ()


async def find_person(readers: Readers, user: str, since: datetime, until: datetime) -> Person:
    """Return who `user` (login, Okta id or session name; empty for everybody) is.

    Raises:
        IrkitError: if there is an Okta connection and it knows no such user.
    """
    known = frozenset({user.lower()} - {""})
    if readers.okta_reader is None:
        return Person(names=known, sign_ons=None)
    try:
        if not user:
            return Person(names=known, sign_ons=await _sign_ons(readers, "", since, until))
        record = await fetch_user(readers, user)
        sign_ons = await _sign_ons(readers, text(record, "id"), since, until)
    except CallError as error:
        gap = f"Okta did not say where the sessions came from: {error.diagnostics[0].summary}"
        return Person(names=known, sign_ons=None, gaps=(gap,))
    login = text(record, "profile", "login")
    email = maybe_text(record, "profile", "email")
    names = {user.lower(), login.lower(), email.lower()} - {""}
    return Person(names=frozenset(names), sign_ons=sign_ons)


def origin(person: Person, session: JsonObject, apps: frozenset[str]) -> dict[str, Json]:
    """Return `okta_session` and `orphan` of a session that began in AWS."""
    if person.sign_ons is None:
        return {"okta_session": None, "orphan": None}
    began = parse_rfc3339(text(session, "started_at"))
    matching = [
        event
        for event in person.sign_ons
        if -_SKEW <= began - parse_rfc3339(text(event, "published")) <= _AT_MOST
        and (not apps or apps & _targets(event))
        and (person.names or _signed_on(event) == text(session, "name").lower())
    ]
    if not matching:
        return {"okta_session": None, "orphan": True}
    nearest = max(matching, key=lambda event: text(event, "published"))
    session_id = maybe_text(nearest, "authenticationContext", "externalSessionId")
    return {"okta_session": session_id or None, "orphan": False}


def _signed_on(event: JsonObject) -> str:
    return maybe_text(event, "actor", "alternateId").lower()


def _targets(event: JsonObject) -> frozenset[str]:
    return frozenset(maybe_text(target, "id") for target in entries(event, "target"))


async def _sign_ons(
    readers: Readers, user_id: str, since: datetime, until: datetime
) -> tuple[JsonObject, ...]:
    theirs = f' and actor.id eq "{user_id}"' if user_id else ""
    found = await readers.okta.list(
        "/api/v1/logs",
        {
            "since": rfc3339(since - _AT_MOST),
            "until": rfc3339(until),
            "filter": f'eventType eq "{_SIGN_ON}"{theirs}',
            "limit": "1000",
        },
    )
    return tuple(event for event in found if maybe_text(event, "outcome", "result") == "SUCCESS")
