"""Which version of a secret has which stage, and its policy; never what it holds."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.documents import document
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "secretsmanager"


def state(_cloud: Cloud, account: str) -> Json:
    """Return the stages of every secret by region."""
    return by_region("moto.secretsmanager.models", "secretsmanager_backends", account, _secrets)


def _secrets(manager: Any) -> Json:
    return {
        secret.name: {
            "stages": {
                version: sorted(content["version_stages"])
                for version, content in secret.versions.items()
                if content["version_stages"]
            },
            "policy": document(secret.policy),
        }
        for secret in manager.secrets.values()
        if not secret.is_deleted()
    }
