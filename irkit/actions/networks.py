"""Networks as people and providers write them: one and the same however they are spelled."""

import ipaddress
from typing import TypeAlias

from irkit.actions.refusal import cannot_reach

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def network(text: str) -> Network:
    """Return the network that `text` names; a bare address is a network of one.

    Raises:
        IrkitError: if it names none.
    """
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise cannot_reach(
            f"`{text}` is no address and no network",
            "give addresses such as 203.0.113.66 or networks such as 203.0.113.0/28",
        ) from error


def within(inner: Network, outer: Network) -> bool:
    """Say whether all of `inner` is in `outer`."""
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)
