"""Which trust anchors and profiles are enabled."""

from typing import Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.handlers.rolesanywhere import RolesAnywhere

SERVICE: Final = "rolesanywhere"


def state(cloud: Cloud, account: str) -> Json:
    """Return every one of an account."""
    return {
        arn: item.enabled
        for arn, item in sorted(cloud.own(RolesAnywhere).entrances.items())
        if item.account == account
    }
