"""Keep a machine and its disks from being deleted, by whoever wants the evidence gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.ec2_instances import (
    describe,
    identity,
    instance_target,
    locate,
    read_attribute,
    set_attribute,
)
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, entries, entry, text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_TERMINATION, _SHUTDOWN, _DISKS = "termination_protection", "on_shutdown", "disks_go_with_it"
_ATTRIBUTES = {
    _TERMINATION: "DisableApiTermination",
    _SHUTDOWN: "InstanceInitiatedShutdownBehavior",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Protect(SettingsOf):
    """Protects one instance from termination, shutdown and the loss of its disks."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ec2_instance.protect",
        version=1,
        verb=Verb.DO,
        summary="Protect an EC2 instance and its disks from deletion",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.instance_setting",
        permissions=Permissions(
            iam_read=(
                "ec2:DescribeInstanceAttribute",
                "ec2:DescribeInstances",
                "ec2:DescribeRegions",
            ),
            iam_write=("ec2:ModifyInstanceAttribute",),
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(seconds=30),
        attack=("T1485", "T1578.002"),
        d3fend=("D3-SCP",),
        gotchas=(
            "An Auto Scaling group terminates it all the same: put it in standby first.",
            "AWS still reclaims spot instances.",
            "Whoever may modify the instance can take the protection off again.",
        ),
    )

    instance: str = parameter("aws.instance", "The instance: ARN, or id (i-…)")
    account: str = parameter("aws.account", "The account, where it is known", default="")
    region: str = parameter("aws.region", "The region, where it is known", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read the two attributes, and which disks would be deleted with the instance."""
        place = await locate(readers, self.instance, self.account, self.region)
        found = await describe(readers, place)
        settings: dict[str, Json] = {
            name: await read_attribute(readers, place, attribute)
            for name, attribute in _ATTRIBUTES.items()
        }
        settings[_DISKS] = {
            text(disk, "DeviceName"): at(disk, "Ebs", "DeleteOnTermination")
            for disk in entries(found, "BlockDeviceMappings")
        }
        return {**identity(place), "settings": settings}

    def thing(self, seen: Seen) -> Target:
        """Return the instance."""
        return instance_target(seen)

    def goals(self, seen: Seen) -> Mapping[str, Json]:
        """Return protection, a shutdown that only stops, and disks that stay."""
        disks = entry(seen, "settings", _DISKS)
        return {_TERMINATION: True, _SHUTDOWN: "stop", _DISKS: dict.fromkeys(disks, False)}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:
        """Set one attribute."""
        place = await locate(readers, self.instance, self.account, self.region)
        if name != _DISKS:
            return await set_attribute(writers, place, _ATTRIBUTES[name], value)
        disks: list[Json] = [
            {"DeviceName": device, "Ebs": {"DeleteOnTermination": goes}}
            for device, goes in entry(value).items()
        ]
        given: dict[str, Json] = {"InstanceId": place.id, "BlockDeviceMappings": disks}
        return await place.where.send(writers, "ec2", "modify_instance_attribute", {**given})
