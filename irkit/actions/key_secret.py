"""A secret that hands over an access key: its versions, never its value.

Each version irkit writes has an id that follows from the secret and the key, so that whether the
secret holds a key can be seen without reading it.
"""

import uuid
from typing import Final

from irkit.actions.absent import or_none
from irkit.actions.arn import Principal
from irkit.actions.base import Readers
from irkit.actions.refusal import no_such
from irkit.actions.shape import entry, maybe_text, text, texts
from irkit.canonical import Json, JsonObject

_NAMESPACE: Final = uuid.UUID("6f0a4c1e-2b57-5d8e-9c35-0d5b7f3f9a41")
_CURRENT: Final = "AWSCURRENT"
_ABSENT: Final = ("ResourceNotFoundException",)


def version_of(secret: str, key: str) -> str:
    """Return the id of the version of `secret` that holds `key`."""
    return str(uuid.uuid5(_NAMESPACE, f"{secret}/{key}"))


async def see_secret(readers: Readers, secret: str, account: str, region: str) -> JsonObject:
    """Return the secret's ARN and the stages of its versions.

    Raises:
        IrkitError: if there is none.
    """
    call = readers.aws.call(
        "secretsmanager", "describe_secret", {"SecretId": secret}, account=account, region=region
    )
    reply = await or_none(call, _ABSENT)
    if reply is None:
        raise no_such("secret", secret, f"look in account {account}, region {region}")
    stages: Json = dict(entry(reply.body, "VersionIdsToStages"))
    return {"arn": text(reply.body, "ARN"), "stages": stages}


def current_version(seen: JsonObject) -> str:
    """Return the id of the secret's current version, empty if it has none."""
    stages = entry(seen, "secret", "stages")
    return next((name for name in stages if _CURRENT in texts(stages, name)), "")


def holds(seen: JsonObject, version: str) -> bool:
    """Say whether `version` is the secret's current one."""
    return current_version(seen) == version


async def last_used(readers: Readers, user: Principal, key: str) -> str:
    """Return when `key` was last used, empty if never."""
    reply = await readers.aws.call(
        "iam", "get_access_key_last_used", {"AccessKeyId": key}, account=user.account
    )
    return maybe_text(reply.body, "AccessKeyLastUsed", "LastUsedDate")
