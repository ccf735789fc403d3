"""Block addresses for the whole org, before anybody is asked who they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.networks import network
from irkit.actions.okta_things import fetch, missing, path_of
from irkit.actions.okta_zones import BLOCKS, holds, networks_of
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entries, listed, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_ZONES: Final = "/api/v1/zones"
_OWN_LIST: Final = "BlockedIpZone"
"""The block list that every org has."""

_SHOWN: Final = 4
_NOT_SENT: Final = frozenset({"id", "created", "lastUpdated", "system", "_links"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Action):
    """Adds addresses to a block list, and takes out again those that it added."""

    spec: ClassVar[Spec] = Spec(
        id="okta.zone.block",
        version=1,
        verb=Verb.DO,
        summary="Block addresses for the whole org",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        blast=Blast.ORG,
        target="okta.zone",
        permissions=Permissions(
            okta_read=("okta.networkZones.read",), okta_write=("okta.networkZones.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.OKTA_FACTOR,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=90),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1110.003", "T1078.004"),
        d3fend=("D3-NTF",),
        gotchas=(
            "Nothing is cut: whoever changes the address goes on. Cut the credentials as well.",
            "Everybody behind a shared address is blocked, agents and provisioning too.",
            "Addresses in `DefaultExemptIpZone` get in all the same.",
            "Okta takes about a minute to block everywhere.",
            "Changes that somebody else makes to the zone in the same second may be lost.",
        ),
    )

    addresses: tuple[str, ...] = parameter("list of cidr", "The addresses or networks to block")
    zone: str = parameter(
        "text", "The block list's id (nzo…); empty for Okta's own, BlockedIpZone", default=""
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read the block list."""
        zone = await self._zone(readers)
        return {
            "tenant": readers.okta.tenant,
            "id": text(zone, "id"),
            "name": text(zone, "name"),
            "usage": maybe_text(zone, "usage"),
            "status": text(zone, "status"),
            "gateways": listed(entries(zone, "gateways")),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Add the addresses that are not blocked."""
        name = text(seen, "name")
        if text(seen, "usage") != "BLOCKLIST" or text(seen, "status") != "ACTIVE":
            raise cannot_reach(
                f"zone {name} blocks nobody: usage {seen['usage']}, {seen['status']}",
                "name an active zone of the usage BLOCKLIST, or leave `zone` empty",
            )
        target = self._target(seen)
        before = self.state(seen, target)
        after: JsonObject = dict.fromkeys(self._keys(), True)
        if before == after:
            return ()
        return (
            Change(
                id="block",
                target=target,
                verb="block addresses",
                before=before,
                after=after,
                saved={"gateways": seen["gateways"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Say of each address whether the zone holds it."""
        zone = networks_of(seen["gateways"])
        return {key: holds(zone, network(address)) for key, address in self._keys().items()}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the block list."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Write the zone as it is now, with the addresses added."""
        zone = (await readers.okta.get(path_of(_ZONES, change.target.id))).body
        added = [{"type": "CIDR", "value": address} for address in self._added(change)]
        gateways = [*entries(zone, "gateways"), *added]
        return await _write(writers, change, zone, listed(gateways))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Write the zone as it is now, without the addresses that were added."""
        zone = (await readers.okta.get(path_of(_ZONES, change.target.id))).body
        added = self._added(change)
        kept = [item for item in entries(zone, "gateways") if item.get("value") not in added]
        return await _write(writers, change, zone, listed(kept))

    async def _zone(self, readers: Readers) -> Json:
        if self.zone:
            return await fetch(readers, "network zone", _ZONES, self.zone)
        zones = await readers.okta.list(_ZONES)
        found = next((zone for zone in zones if maybe_text(zone, "name") == _OWN_LIST), None)
        if found is None:
            there_are = [f"{maybe_text(zone, 'name')} ({text(zone, 'id')})" for zone in zones]
            raise missing("network zone", _OWN_LIST, there_are)
        return found

    def _keys(self) -> Mapping[str, str]:
        """Return the key of the state that speaks of each network, with the network."""
        wanted = [str(network(address)) for address in self.addresses]
        return {f"{BLOCKS}{address}": address for address in wanted}

    def _target(self, seen: Seen) -> Target:
        wanted = [str(network(address)) for address in self.addresses]
        more = f" and {len(wanted) - _SHOWN} more" if len(wanted) > _SHOWN else ""
        return Target(
            kind="okta.zone",
            tenant=text(seen, "tenant"),
            id=text(seen, "id"),
            label=f"{', '.join(wanted[:_SHOWN])}{more} by {text(seen, 'name')}",
        )

    def _added(self, change: Change) -> list[str]:
        """Return the networks that were not blocked before."""
        before = change.before
        assert isinstance(before, Mapping), "the state says of each address whether it is blocked"
        return [address for key, address in self._keys().items() if not before[key]]


async def _write(writers: Writers, change: Change, zone: Json, gateways: list[Json]) -> Applied:
    assert isinstance(zone, Mapping), "Okta answers with the zone"
    kept = {key: value for key, value in zone.items() if key not in _NOT_SENT}
    path = path_of(_ZONES, change.target.id)
    reply = await writers.okta.send("PUT", path, body={**kept, "gateways": gateways})
    return Applied(request_ids=(reply.request_id,), status=reply.status)
