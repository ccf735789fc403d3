"""What of an org others depend on: the networks its people come from, the tokens that work is on.

These are the facts behind guards that only some steps need; they are asked for those alone.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, cast

from irkit.actions.absent import OKTA, or_none
from irkit.actions.base import Readers
from irkit.actions.okta_zones import networks_of
from irkit.actions.shape import at, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339, rfc3339
from irkit.model.access.kinds import CredentialKind
from irkit.model.spec import Spec

_LATELY: Final = timedelta(days=1)
_EVENTS: Final = 200
ESTABLISHED: Final = timedelta(days=1)
"""A token older than this is taken for one that somebody's work is on."""


def blocks_networks(spec: Spec) -> bool:
    """Say whether an action may shut networks out."""
    return spec.target == "okta.zone"


def stops_tokens(spec: Spec) -> bool:
    """Say whether an action stops a user's API tokens together with the user."""
    return spec.target == "okta.user" and CredentialKind.OKTA_API_TOKEN in spec.cuts


async def own_networks(readers: Readers) -> Mapping[str, str]:
    """Return the networks the org trusts and the addresses irkit was seen at, each with why.

    Raises:
        CallError: if Okta does not say.
    """
    found: dict[str, str] = {}
    for zone in await readers.okta.list("/api/v1/zones"):
        if maybe_text(zone, "status") == "ACTIVE" and maybe_text(zone, "usage") == "POLICY":
            for side in ("gateways", "proxies"):
                for item in networks_of(at(zone, side)):
                    found[str(item)] = f"it is in the org's own zone {maybe_text(zone, 'name')}"
    for item in networks_of(await _seen_at(readers)):
        found[str(item)] = "irkit itself was seen there lately"
    return found


async def own_idps(readers: Readers, idps: Iterable[str]) -> frozenset[str]:
    """Return which of these identity providers irkit's own user is linked to; a client has none.

    Raises:
        CallError: if Okta does not say.
    """
    user = maybe_text(await readers.okta.caller(), "user_id")
    found: set[str] = set()
    for idp in sorted(idps) if user else ():
        if await or_none(readers.okta.get(f"/api/v1/idps/{idp}/users/{user}"), OKTA) is not None:
            found.add(idp)
    return frozenset(found)


async def established_tokens(readers: Readers) -> Mapping[str, tuple[str, ...]]:
    """Return the names of the API tokens that are no news, by the id of their owner.

    Raises:
        CallError: if Okta does not say.
    """
    before = readers.okta.now() - ESTABLISHED
    found: dict[str, tuple[str, ...]] = {}
    for token in await readers.okta.list("/api/v1/api-tokens"):
        created = maybe_text(token, "created")
        if not created or parse_rfc3339(created) < before:
            owner = text(token, "userId")
            found[owner] = (*found.get(owner, ()), maybe_text(token, "name"))
    return {owner: tuple(sorted(names)) for owner, names in found.items()}


async def _seen_at(readers: Readers) -> list[Json]:
    """Return the addresses from which whoever irkit acts as acted lately, as gateways."""
    caller = await readers.okta.caller()
    actor = maybe_text(caller, "client_id") or text(caller, "user_id")
    now = readers.okta.now()
    reply = await readers.okta.get(
        "/api/v1/logs",
        {
            "since": rfc3339(now - _LATELY),
            "until": rfc3339(now + timedelta(minutes=1)),
            "filter": f'actor.id eq "{actor}"',
            "sortOrder": "DESCENDING",
            "limit": str(_EVENTS),
        },
    )
    events = cast("list[JsonObject]", reply.body)
    addresses = dict.fromkeys(maybe_text(event, "client", "ipAddress") for event in events)
    return [{"value": address} for address in addresses]
