"""Who has which account and group in IAM Identity Center."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "identity_center"


def state(_cloud: Cloud, account: str) -> Json:
    """Return assignments and memberships by region."""
    return {
        "assignments": by_region(
            "moto.ssoadmin.models", "ssoadmin_backends", account, _assignments
        ),
        "groups": by_region(
            "moto.identitystore.models", "identitystore_backends", account, _memberships
        ),
    }


def _assignments(backend: Any) -> Json:
    return [
        *sorted(
            f"{item.principal_id} {item.target_id} {item.permission_set_arn}"
            for item in backend.account_assignments
        )
    ]


def _memberships(backend: Any) -> Json:
    return [
        *sorted(
            f"{item['MemberId']['UserId']} {item['GroupId']}"
            for store in backend.identity_stores.values()
            for item in store.group_memberships.values()
        )
    ]
