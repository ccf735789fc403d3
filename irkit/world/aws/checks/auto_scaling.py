"""Auto Scaling keeps a group between its sizes; moto does not mind."""

from moto.autoscaling.models import autoscaling_backends

from irkit.world.aws.answer import ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import checks
from irkit.world.aws.wire import ApiCall


@checks("autoscaling:EnterStandby")
def refuse_below_minimum(_cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Refuse to make a group smaller than its minimum."""
    groups = autoscaling_backends[caller.account][call.region].autoscaling_groups
    group = groups.get(call.text("AutoScalingGroupName"))
    leaving = len(call.texts("InstanceIds"))
    if group is None or not call.params.get("ShouldDecrementDesiredCapacity"):
        return
    if (group.desired_capacity or 0) - leaving < (group.min_size or 0):
        raise ApiError(
            "ValidationError",
            f"AutoScalingGroup {group.name} has min-size={group.min_size}, "
            f"max-size={group.max_size}, and desired-size={group.desired_capacity}. "
            f"To place into standby {leaving} instance, please update the AutoScalingGroup "
            "sizes appropriately.",
        )
