"""How many tasks each ECS service shall have."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "ecs"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every service by region."""
    return by_region("moto.ecs.models", "ecs_backends", account, _services)


def _services(ecs: Any) -> Json:
    return {name: {"desired": service.desired_count} for name, service in ecs.services.items()}
