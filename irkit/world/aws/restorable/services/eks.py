"""Who may enter an EKS cluster, and as what."""

from typing import Final, cast

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.handlers.eks_access import AccessEntries

SERVICE: Final = "eks"


def state(cloud: Cloud, account: str) -> Json:
    """Return every access entry of an account."""
    return {
        "/".join(key[1:]): {
            "type": entry.type,
            "username": entry.username,
            "groups": [*sorted(entry.groups)],
            "tags": dict(sorted(entry.tags.items())),
            "policies": cast("Json", dict(sorted(entry.policies.items()))),
        }
        for key, entry in sorted(cloud.own(AccessEntries).entries.items())
        if key[0] == account
    }
