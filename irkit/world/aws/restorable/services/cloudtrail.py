"""Trails: whether they log, where, and what; never the log itself."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "cloudtrail"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every trail by its home region."""
    return by_region("moto.cloudtrail.models", "cloudtrail_backends", account, _trails)


def _trails(cloudtrail: Any) -> Json:
    return {
        trail.trail_name: {
            "logging": trail.status.is_logging,
            "bucket": trail.bucket_name,
            "regions": trail.is_multi_region,
            "global": trail.include_global_service_events,
            "validated": trail.log_validation,
            "selectors": [*trail.event_selectors],
            "advanced_selectors": [*trail.advanced_event_selectors],
        }
        for trail in cloudtrail.trails.values()
    }
