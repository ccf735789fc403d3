"""One secret of Secrets Manager: where it is and what is known of it, never its value."""

from typing import Final

from irkit.actions.base import Readers
from irkit.actions.refusal import no_such
from irkit.actions.shape import entry, text
from irkit.actions.where import Where, named
from irkit.canonical import JsonObject
from irkit.model.change import Target

_ABSENT: Final = ("ResourceNotFoundException",)


def secret_place(secret: str, account: str, region: str) -> Where:
    """Return where a secret is that is given by ARN, or by name with `account` and `region`."""
    where, _ = named("secretsmanager", "secret:", secret, account, region)
    return where


async def describe_secret(readers: Readers, where: Where, secret: str) -> JsonObject:
    """Return what Secrets Manager says of the secret.

    Raises:
        IrkitError: if there is none.
    """
    body = await where.find(
        readers, "secretsmanager", "describe_secret", {"SecretId": secret}, _ABSENT
    )
    if body is None:
        raise no_such("secret", secret, f"look in account {where.account}, region {where.region}")
    return entry(body)


def secret_target(seen: JsonObject) -> Target:
    """Return the secret as a target; its ARN ends in letters that no later secret has."""
    arn = text(seen, "arn")
    return Target(kind="aws.secret", tenant=text(seen, "tenant"), id=arn, label=arn)
