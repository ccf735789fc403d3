"""IAM Roles Anywhere, which moto has not: trust anchors and profiles, switched on and off."""

import uuid
from dataclasses import dataclass, field

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall


@dataclass(slots=True, kw_only=True)
class Entrance:
    """One trust anchor or profile."""

    kind: str
    id: str
    account: str
    region: str
    name: str
    enabled: bool = True

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:rolesanywhere:{self.region}:{self.account}:{self.kind}/{self.id}"


@dataclass(slots=True, kw_only=True)
class RolesAnywhere:
    """All trust anchors and profiles, by ARN."""

    entrances: dict[str, Entrance] = field(default_factory=dict)

    def add(self, kind: str, account: str, region: str, name: str) -> Entrance:
        """Make one that is enabled."""
        made = Entrance(
            kind=kind,
            id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{account}/{region}/{name}")),
            account=account,
            region=region,
            name=name,
        )
        self.entrances[made.arn] = made
        return made


@handles("rolesanywhere:GetTrustAnchor")
def get_trust_anchor(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Return a trust anchor."""
    return _shown(_found(cloud, call, caller))


@handles("rolesanywhere:EnableTrustAnchor", "rolesanywhere:EnableProfile")
def enable(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Switch one on."""
    found = _found(cloud, call, caller)
    found.enabled = True
    return _shown(found)


@handles("rolesanywhere:DisableTrustAnchor", "rolesanywhere:DisableProfile")
def disable(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Switch one off."""
    found = _found(cloud, call, caller)
    found.enabled = False
    return _shown(found)


@handles("rolesanywhere:GetProfile")
def get_profile(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Return a profile."""
    return _shown(_found(cloud, call, caller))


def _found(cloud: Cloud, call: ApiCall, caller: Caller) -> Entrance:
    identifier = call.text("trustAnchorId") or call.text("profileId")
    kind = "trust-anchor" if call.text("trustAnchorId") else "profile"
    for item in cloud.own(RolesAnywhere).entrances.values():
        place = (item.account, item.region) == (caller.account, call.region)
        if place and (item.kind, item.id) == (kind, identifier):
            return item
    raise ApiError("ResourceNotFoundException", f"{kind} with id {identifier} not found", 404)


def _shown(item: Entrance) -> Result:
    name = "trustAnchor" if item.kind == "trust-anchor" else "profile"
    shown = {
        f"{name}Id": item.id,
        f"{name}Arn": item.arn,
        "name": item.name,
        "enabled": item.enabled,
    }
    return Result(members={name: shown})
