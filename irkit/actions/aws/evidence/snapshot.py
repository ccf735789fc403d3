"""Snapshots of all of a machine's disks, taken at one moment, before anything is done to it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.ec2_instances import Place, describe, identity, instance_target, locate
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entries, listed, maybe_text, text, texts
from irkit.actions.times import moment
from irkit.actions.touches import owned
from irkit.canonical import Json
from irkit.clock import parse_rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_TAG: Final = "irkit:evidence-of"
_KEPT: Final = frozenset({"pending", "completed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(OneWay):
    """Snapshots every disk of one instance that has no recent one of irkit's."""

    spec: ClassVar[Spec] = Spec(
        id="aws.evidence.snapshot",
        version=1,
        verb=Verb.DO,
        summary="Snapshot all disks of an EC2 instance as evidence",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.ADDITIVE,
        target="aws.instance_setting",
        permissions=Permissions(
            iam_read=("ec2:DescribeInstances", "ec2:DescribeRegions", "ec2:DescribeSnapshots"),
            iam_write=("ec2:CreateSnapshots", "ec2:CreateTags"),
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(minutes=2),
        attack=("T1485", "T1070"),
        d3fend=("D3-FH",),
        gotchas=(
            "It is the disks at one moment; memory and instance store disks are not in it.",
            "A snapshot is complete after minutes to hours, but of the moment it was asked for.",
            "It lies in the same account: an intruder who may delete snapshots deletes it.",
            "Disks encrypted with the AWS managed key cannot be shared with another account.",
        ),
    )
    instead: ClassVar[str] = "evidence is never deleted by an undo; delete it when the case is over"

    instance: str = parameter("aws.instance", "The instance: ARN, or id (i-…)")
    since: str = parameter(
        "time", "A snapshot of irkit's taken since then is enough", default="24 hours ago"
    )
    account: str = parameter("aws.account", "The account, where it is known", default="")
    region: str = parameter("aws.region", "The region, where it is known", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read the instance's disks, and which of them irkit has snapshots of."""
        place = await locate(readers, self.instance, self.account, self.region)
        found = await describe(readers, place)
        disks = {
            maybe_text(disk, "Ebs", "VolumeId") for disk in entries(found, "BlockDeviceMappings")
        }
        return {
            **identity(place),
            "disks": listed(sorted(disks - {""})),
            "kept": listed(sorted(await self._kept(readers, place) & disks)),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Snapshot all disks together, unless each has one.

        Raises:
            IrkitError: if there is no disk that a snapshot could be taken of.
        """
        if not texts(seen, "disks"):
            raise cannot_reach(
                f"{text(seen, 'arn')} has no disk that can be snapshotted",
                "isolate it and copy what is on it from inside",
            )
        target = self._target(seen)
        if seen["kept"] == seen["disks"]:
            return ()
        return (
            Change(
                id="snapshot",
                target=target,
                verb="snapshot",
                before=self.state(seen, target),
                after={"kept": seen["disks"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return which disks have a snapshot."""
        return {"kept": seen["kept"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the instance's evidence."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Snapshot all disks, at one moment."""
        place = await locate(readers, self.instance, self.account, self.region)
        tags: Json = [{"ResourceType": "snapshot", "Tags": [{"Key": _TAG, "Value": place.id}]}]
        return await place.where.send(
            writers,
            "ec2",
            "create_snapshots",
            {
                "InstanceSpecification": {"InstanceId": place.id},
                "Description": f"irkit: evidence of {place.id}",
                "TagSpecifications": tags,
            },
        )

    async def _kept(self, readers: Readers, place: Place) -> set[str]:
        since = moment(self.since, readers.aws.now())
        filters: Json = [{"Name": f"tag:{_TAG}", "Values": [place.id]}]
        found = await place.where.listed(
            readers,
            "ec2",
            "describe_snapshots",
            "Snapshots",
            {"OwnerIds": ["self"], "Filters": filters},
        )
        return {
            text(item, "VolumeId")
            for item in found
            if text(item, "State") in _KEPT and parse_rfc3339(text(item, "StartTime")) >= since
        }

    def _target(self, seen: Seen) -> Target:
        instance = instance_target(seen)
        label = f"evidence of {instance.label}"
        return owned("aws.instance_setting", instance, "evidence", label)
