"""Auto Scaling groups: their sizes, what they may do, and where their machines stand."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "autoscaling"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every group by region."""
    return by_region("moto.autoscaling.models", "autoscaling_backends", account, _groups)


def _groups(autoscaling: Any) -> Json:
    return {
        group.name: {
            "sizes": [group.min_size, group.max_size, group.desired_capacity],
            "suspended": sorted(item["ProcessName"] for item in group.suspended_processes),
            "instances": {
                state.instance.id: state.lifecycle_state for state in group.instance_states
            },
        }
        for group in autoscaling.autoscaling_groups.values()
    }
