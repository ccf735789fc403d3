"""The gateways of a network zone, as networks: which addresses it holds."""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from irkit.actions.networks import Network, network, within
from irkit.actions.shape import entries, maybe_text
from irkit.canonical import Json
from irkit.model.change import Change

BLOCKS: Final = "blocks "
"""How a key of the state begins that says whether a zone blocks the network that follows."""


def blocked_by(change: Change) -> tuple[Network, ...]:
    """Return the networks that a change of a block list would block."""
    if change.target.kind != "okta.zone" or not isinstance(change.after, Mapping):
        return ()
    return tuple(network(key.removeprefix(BLOCKS)) for key in change.after)


def networks_of(gateways: Json) -> tuple[Network, ...]:
    """Return the networks that a zone's gateways are; what cannot be read holds nobody."""
    return tuple(
        found
        for gateway in entries({"gateways": gateways}, "gateways")
        for found in _networks(maybe_text(gateway, "value"))
    )


def holds(zone: Iterable[Network], wanted: Network) -> bool:
    """Say whether one of the networks holds all of `wanted`."""
    return any(within(wanted, item) for item in zone)


def _networks(value: str) -> Iterator[Network]:
    try:
        if "-" not in value:
            yield ipaddress.ip_network(value, strict=False)
            return
        first, last = (ipaddress.ip_address(part.strip()) for part in value.split("-", 1))
        if (
            isinstance(first, ipaddress.IPv4Address) and isinstance(last, ipaddress.IPv4Address)
        ) or (isinstance(first, ipaddress.IPv6Address) and isinstance(last, ipaddress.IPv6Address)):
            yield from ipaddress.summarize_address_range(first, last)
    except (ValueError, TypeError):
        return
