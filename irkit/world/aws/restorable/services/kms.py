"""KMS keys: whether they live, their policy, and who was granted what."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.documents import document
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "kms"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every key by region."""
    return by_region("moto.kms.models", "kms_backends", account, _keys)


def _keys(kms: Any) -> Json:
    return {
        key.id: {
            "description": key.description,
            "state": key.key_state,
            "policy": document(key.policy),
            "grants": sorted(key.grants),
        }
        for key in kms.keys.values()
    }
