"""Network zones that matter to the simulator: those a token is bound to, and blocked ones."""

import contextlib
import ipaddress
from collections.abc import Iterator

from irkit.canonical import Json, JsonObject
from irkit.world.okta.tables import Tables


def is_blocked(tables: Tables, address: str) -> bool:
    """Say whether an active zone of usage BLOCKLIST holds `address`."""
    zones = tables.documents.get("zones", {}).values()
    return any(
        zone.get("usage") == "BLOCKLIST" and _holds(zone, address)
        for zone in zones
        if zone.get("status") == "ACTIVE"
    )


def may_use(tables: Tables, network: JsonObject, address: str) -> bool:
    """Say whether a token bound to `network` may be used from `address`."""
    if network.get("connection") != "ZONE":
        return True
    zones = tables.documents.get("zones", {})
    included = [zones[key] for key in _texts(network.get("include")) if key in zones]
    excluded = [zones[key] for key in _texts(network.get("exclude")) if key in zones]
    if any(_holds(zone, address) for zone in excluded):
        return False
    return not included or any(_holds(zone, address) for zone in included)


def _holds(zone: JsonObject, address: str) -> bool:
    try:
        wanted = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(wanted in network for network in _networks(zone))


def _networks(zone: JsonObject) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the networks of a zone's gateways; a text that is no address holds nobody."""
    gateways = zone.get("gateways")
    for gateway in gateways if isinstance(gateways, list | tuple) else ():
        value = str(gateway.get("value", "")) if isinstance(gateway, dict) else ""
        with contextlib.suppress(ValueError):
            yield from _network(value)


def _network(value: str) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    if "-" not in value:
        yield ipaddress.ip_network(value, strict=False)
        return
    first, last = (ipaddress.ip_address(part.strip()) for part in value.split("-", 1))
    if isinstance(first, ipaddress.IPv4Address) and isinstance(last, ipaddress.IPv4Address):
        yield from ipaddress.summarize_address_range(first, last)


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
