"""Take a machine out of its Auto Scaling group's care, so that it is not replaced or deleted."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.auto_scaling import see_group, setting_target
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.ec2_instances import Place, describe, identity, instance_target, locate
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import at, entries, entry, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_SERVED: Final = "InService"
_STANDBY: Final = "Standby"
_SETTLED: Final = {"EnteringStandby": _STANDBY, "Pending": _SERVED}
"""Where each passing state leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby(Action):
    """Puts one instance in standby, and back in service."""

    spec: ClassVar[Spec] = Spec(
        id="aws.asg.standby",
        version=1,
        verb=Verb.DO,
        summary="Take an instance out of its Auto Scaling group's care",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        target="aws.instance",
        permissions=Permissions(
            iam_read=(
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "ec2:DescribeInstances",
                "ec2:DescribeRegions",
            ),
            iam_write=(
                "autoscaling:EnterStandby",
                "autoscaling:ExitStandby",
                "autoscaling:UpdateAutoScalingGroup",
            ),
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(minutes=2),
        attack=("T1578",),
        d3fend=("D3-NI",),
        gotchas=(
            "Without it the group deletes an isolated machine as unhealthy, evidence and all.",
            "The group serves with one machine less; where needed its minimum is lowered too.",
            "A load balancer of the group sends the machine nothing more.",
        ),
    )

    instance: str = parameter("aws.instance", "The instance: ARN, or id (i-…)")
    account: str = parameter("aws.account", "The account, where it is known", default="")
    region: str = parameter("aws.region", "The region, where it is known", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read which group the instance is in, and how big that must be."""
        place = await locate(readers, self.instance, self.account, self.region)
        await describe(readers, place)
        member = await _membership(readers, place)
        if member is None:
            return {**identity(place), "lifecycle": None, "group": None}
        lifecycle = text(member, "LifecycleState")
        group = await see_group(readers, place.where, text(member, "AutoScalingGroupName"))
        return {
            **identity(place),
            "lifecycle": _SETTLED.get(lifecycle, lifecycle),
            "group": group,
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Lower the minimum where it is in the way, then put the instance in standby.

        Raises:
            IrkitError: if the group is already getting rid of the instance.
        """
        if seen["lifecycle"] in {None, _STANDBY}:
            return ()
        target = instance_target(seen)
        if seen["lifecycle"] != _SERVED:
            raise cannot_reach(
                f"{target.label} is {seen['lifecycle']} in its Auto Scaling group",
                "protect it and snapshot its disks at once: the group is about to delete it",
            )
        group = entry(seen, "group")
        least, desired = at(group, "sizes", "min"), at(group, "sizes", "desired")
        assert isinstance(least, int), "AWS gives every group a minimum"
        assert isinstance(desired, int), "AWS gives every group a size"
        first = Change(
            id="lower-minimum",
            target=setting_target(group, "min"),
            verb="lower the minimum",
            before={"min": least},
            after={"min": desired - 1},
            saved={"group": group["name"]},
        )
        last = Change(
            id="standby",
            target=target,
            verb="put in standby",
            before=self.state(seen, target),
            after={"lifecycle": _STANDBY},
            saved={"group": group["name"]},
            needs=(first.id,) if desired - 1 < least else (),
        )
        return (first, last) if desired - 1 < least else (last,)

    def state(self, seen: Seen, target: Target) -> Json:
        """Return where in its life the instance is, or the group's minimum."""
        if target.kind == "aws.instance":
            return {"lifecycle": seen["lifecycle"]}
        return {"min": at(seen, "group", "sizes", "min")}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the instance."""
        return (instance_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Lower the minimum, or enter standby."""
        place = await locate(readers, self.instance, self.account, self.region)
        if change.target.kind != "aws.instance":
            return await _set_minimum(writers, place, change, change.after)
        return await place.where.send(
            writers,
            "autoscaling",
            "enter_standby",
            {
                "AutoScalingGroupName": text(change.saved, "group"),
                "InstanceIds": [place.id],
                "ShouldDecrementDesiredCapacity": True,
            },
        )

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Raise the minimum again, or leave standby."""
        place = await locate(readers, self.instance, self.account, self.region)
        if change.target.kind != "aws.instance":
            return await _set_minimum(writers, place, change, change.before)
        return await place.where.send(
            writers,
            "autoscaling",
            "exit_standby",
            {
                "AutoScalingGroupName": text(change.saved, "group"),
                "InstanceIds": [place.id],
            },
        )


async def _membership(readers: Readers, place: Place) -> "JsonObject | None":
    body = await place.where.read(
        readers, "autoscaling", "describe_auto_scaling_instances", {"InstanceIds": [place.id]}
    )
    members = entries(body, "AutoScalingInstances")
    return next((item for item in members if maybe_text(item, "InstanceId") == place.id), None)


async def _set_minimum(writers: Writers, place: Place, change: Change, value: Json) -> Applied:
    return await place.where.send(
        writers,
        "autoscaling",
        "update_auto_scaling_group",
        {"AutoScalingGroupName": text(change.saved, "group"), "MinSize": at(value, "min")},
    )
