"""GuardDuty's detectors, and whether they look."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "guardduty"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every detector by region."""
    return by_region("moto.guardduty.models", "guardduty_backends", account, _detectors)


def _detectors(guardduty: Any) -> Json:
    return {name: bool(detector.enabled) for name, detector in guardduty.detectors.items()}
