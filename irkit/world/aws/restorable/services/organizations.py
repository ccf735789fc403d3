"""The organization's policies, what they are attached to, and where accounts are."""

from typing import Any, Final

from moto.organizations.models import organizations_backends

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.iam_view import PARTITION
from irkit.world.aws.restorable.documents import document

SERVICE: Final = "organizations"


def state(cloud: Cloud, account: str) -> Json:
    """Return the organization, which belongs to the management account."""
    if account != cloud.management:
        return {}
    organization = organizations_backends[account][PARTITION]
    targets: list[Any] = [*organization.ou, *organization.accounts]
    return {
        "policies": {
            policy.id: {"name": policy.name, "content": document(policy.content)}
            for policy in organization.policies
        },
        "attached": {
            target.id: sorted(policy.id for policy in target.attached_policies)
            for target in targets
        },
        "parents": {item.id: item.parent_id for item in organization.accounts},
    }
