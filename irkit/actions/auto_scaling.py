"""Auto Scaling groups: what size they are, whether they launch, and which one a machine is in."""

from typing import Final

from irkit.actions.base import Readers
from irkit.actions.refusal import no_such
from irkit.actions.shape import at, entries, text
from irkit.actions.touches import owned
from irkit.actions.where import Where
from irkit.canonical import Json, JsonObject
from irkit.model.change import Target

SIZES: Final = {"min": "MinSize", "max": "MaxSize", "desired": "DesiredCapacity"}
"""The three sizes of a group, as irkit and as AWS call them."""


async def see_group(readers: Readers, where: Where, name: str) -> JsonObject:
    """Return a group's sizes, and which of its processes are suspended.

    Raises:
        IrkitError: if there is no such group.
    """
    body = await where.read(
        readers, "autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroupNames": [name]}
    )
    for group in entries(body, "AutoScalingGroups"):
        sizes: Json = {ours: at(group, theirs) for ours, theirs in SIZES.items()}
        suspended = {text(item, "ProcessName") for item in entries(group, "SuspendedProcesses")}
        return {
            "name": name,
            "id": _unique(text(group, "AutoScalingGroupARN")),
            "tenant": where.tenant,
            "label": text(group, "AutoScalingGroupARN"),
            "sizes": sizes,
            "suspended": [*sorted(suspended)],
        }
    raise no_such("Auto Scaling group", name, f"look in {where.account}/{where.region}")


def setting_target(group: JsonObject, setting: str) -> Target:
    """Return a setting of a group as a target."""
    label = text(group, "label")
    kind = "aws.auto_scaling_group"
    whole = Target(kind=kind, tenant=text(group, "tenant"), id=text(group, "id"), label=label)
    return owned(f"{kind}_setting", whole, setting, f"{setting} of {text(group, 'name')}")


def _unique(arn: str) -> str:
    """Return the group's own id, which no later group of the same name has."""
    return arn.split(":")[6]
