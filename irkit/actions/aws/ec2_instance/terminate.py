"""Delete a machine for good, also where somebody protected it from that."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.ec2_instances import (
    describe,
    identity,
    instance_target,
    locate,
    read_attribute,
    set_attribute,
)
from irkit.actions.one_way import OneWay
from irkit.actions.shape import at, entries, listed, maybe_text
from irkit.actions.touches import owned
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_GONE: Final = frozenset({"shutting-down", "terminated"})
_SETTING: Final = "aws.instance_setting"
_PROTECTION: Final = "DisableApiTermination"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminate(OneWay):
    """Takes termination protection off, then terminates."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ec2_instance.terminate",
        version=1,
        verb=Verb.DO,
        summary="Delete an EC2 instance",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.DESTRUCTIVE,
        target="aws.instance",
        permissions=Permissions(
            iam_read=(
                "ec2:DescribeInstanceAttribute",
                "ec2:DescribeInstances",
                "ec2:DescribeRegions",
            ),
            iam_write=("ec2:ModifyInstanceAttribute", "ec2:TerminateInstances"),
            only={"ec2:ModifyInstanceAttribute": "it is protected from being terminated"},
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(minutes=5),
        before_evidence=True,
        attack=("T1496", "T1578.002"),
        d3fend=("D3-HS",),
        gotchas=(
            "Memory and every disk that goes with the instance are lost for good.",
            "Of a fleet of miners keep at least one, isolated and with a snapshot.",
            "Whatever started it starts another: stop the capacity first.",
            "Credentials of the machine's role live on for up to 6 hours.",
        ),
    )
    instead: ClassVar[str] = "start a new instance from its snapshot or its launch template"

    instance: str = parameter("aws.instance", "The instance: ARN, or id (i-…)")
    account: str = parameter("aws.account", "The account, where it is known", default="")
    region: str = parameter("aws.region", "The region, where it is known", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read whether it exists, is protected, and which disks go with it."""
        place = await locate(readers, self.instance, self.account, self.region)
        found = await describe(readers, place)
        return {
            **identity(place),
            "exists": maybe_text(found, "State", "Name") not in _GONE,
            "protected": await read_attribute(readers, place, _PROTECTION),
            "lost": listed(
                maybe_text(disk, "Ebs", "VolumeId")
                for disk in entries(found, "BlockDeviceMappings")
                if at(disk, "Ebs", "DeleteOnTermination")
            ),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Take the protection off if there is one, then terminate."""
        if not seen["exists"]:
            return ()
        instance = instance_target(seen)
        protection = owned(_SETTING, instance, "protection", f"protection of {instance.label}")
        first = Change(
            id="unprotect",
            target=protection,
            verb="take termination protection off",
            before=self.state(seen, protection),
            after={"protected": False},
        )
        last = Change(
            id="terminate",
            target=instance,
            verb="terminate",
            before=self.state(seen, instance),
            after={"exists": False},
            saved={"lost": seen["lost"]},
            needs=("unprotect",) if seen["protected"] else (),
        )
        return (first, last) if seen["protected"] else (last,)

    def state(self, seen: Seen, target: Target) -> Json:
        """Return whether the instance exists, or is protected."""
        name = "protected" if target.kind == _SETTING else "exists"
        return {name: seen[name]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the instance."""
        return (instance_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Make one of the two calls."""
        place = await locate(readers, self.instance, self.account, self.region)
        if change.target.kind == _SETTING:
            return await set_attribute(writers, place, _PROTECTION, value=False)
        return await place.where.send(
            writers, "ec2", "terminate_instances", {"InstanceIds": [place.id]}
        )
