"""One Okta user as actions see it: found by id or login, spoken of by id."""

from typing import Final
from urllib.parse import quote

from irkit.actions.absent import OKTA, or_none
from irkit.actions.base import Readers, Writers
from irkit.actions.refusal import no_such, not_sent
from irkit.actions.shape import listed, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.change import Target
from irkit.providers.call import Reply

_NUMBERS: Final = frozenset({"call", "sms"})

_SHUT_OUT: Final = frozenset({"SUSPENDED", "DEPROVISIONED", "STAGED"})
"""Statuses of users who cannot sign in."""


async def fetch_user(readers: Readers, user: str) -> Json:
    """Return Okta's own record of the user with that id or login.

    Raises:
        IrkitError: if there is none.
    """
    reply = await or_none(readers.okta.get(user_path(user)), OKTA)
    if reply is None:
        raise no_such("Okta user", user, "give the exact login or the Okta id (00u…)")
    return reply.body


async def see_user(readers: Readers, user: str) -> JsonObject:
    """Return what a probe of a user always holds: tenant, id, login and status."""
    return seen_user(readers, await fetch_user(readers, user))


def seen_user(readers: Readers, record: Json) -> JsonObject:
    """Return what `see_user` returns, of a record that was read already."""
    return {
        "tenant": readers.okta.tenant,
        "id": text(record, "id"),
        "login": text(record, "profile", "login"),
        "status": text(record, "status"),
        "status_changed": maybe_text(record, "statusChanged"),
    }


def user_target(seen: JsonObject) -> Target:
    """Return the user that `see_user` saw, as a target."""
    return user_of(text(seen, "tenant"), seen)


def user_of(tenant: str, record: JsonObject) -> Target:
    """Return the user with the `id` and `login` of `record`, as a target."""
    return Target(
        kind="okta.user", tenant=tenant, id=text(record, "id"), label=text(record, "login")
    )


def user_path(user_id: str, *more: str) -> str:
    """Return the API path of the user with that id, or of something below it."""
    return "/".join(["/api/v1/users", *(quote(part, safe="") for part in (user_id, *more))])


async def refresh_tokens(readers: Readers, user_id: str) -> tuple[JsonObject, ...]:
    """Return each OAuth client of the user: `id`, `name` and the ids of its refresh tokens."""
    clients: list[JsonObject] = []
    for client in await readers.okta.list(user_path(user_id, "clients")):
        client_id = text(client, "client_id")
        tokens = await readers.okta.list(user_path(user_id, "clients", client_id, "tokens"))
        name = maybe_text(client, "client_name")
        ids = listed(text(token, "id") for token in tokens)
        clients.append({"id": client_id, "name": name, "tokens": ids})
    return tuple(clients)


async def holds_tokens(readers: Readers, user_id: str) -> bool:
    """Say whether the user holds any OAuth refresh token."""
    return any(client["tokens"] for client in await refresh_tokens(readers, user_id))


async def api_tokens(readers: Readers, user_id: str) -> tuple[JsonObject, ...]:
    """Return the API tokens of the user: `id`, `name` and when each was `created`."""
    return tuple(
        {
            "id": text(token, "id"),
            "name": maybe_text(token, "name"),
            "created": maybe_text(token, "created"),
        }
        for token in await readers.okta.list("/api/v1/api-tokens")
        if maybe_text(token, "userId") == user_id
    )


async def see_factors(readers: Readers, user_id: str) -> list[Json]:
    """Return the factors of the user that the policy lets irkit see."""
    return [
        {
            "id": text(item, "id"),
            "type": maybe_text(item, "factorType"),
            "provider": maybe_text(item, "provider"),
            "created": maybe_text(item, "created"),
        }
        for item in await readers.okta.list(user_path(user_id, "factors"))
    ]


def is_number(factor_type: str) -> bool:
    """Say whether factors of this type are a telephone number, which may recover a password too."""
    return factor_type in _NUMBERS


async def unenrol(writers: Writers, user_id: str, factor: str, factor_type: str) -> Reply:
    """Remove one factor; a number is taken out of the recovery of passwords as well."""
    path = user_path(user_id, "factors", factor)
    both = {"removeRecoveryEnrollment": "true"} if is_number(factor_type) else None
    return await writers.okta.send("DELETE", path, query=both)


async def require_shut_out(readers: Readers, user_id: str) -> None:
    """Refuse to leave somebody without a factor who can sign in.

    Okta then asks for nothing but the password, and lets its holder enrol a factor: that may be
    the intruder.

    Raises:
        CallError: if the user can sign in.
    """
    user = await see_user(readers, user_id)
    if user["status"] not in _SHUT_OUT:
        raise not_sent(
            f"{user['login']} is {user['status']} and would have no factor left: whoever holds the "
            "password would sign in and enrol one",
            "suspend the user first (okta.user.suspend), and let them enrol when identified",
        )
