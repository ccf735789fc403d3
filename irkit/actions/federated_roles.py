"""Which roles trust an identity provider: what breaking it closes."""

from collections.abc import Iterator, Mapping

from irkit.actions.aws_calls import all_of
from irkit.actions.base import Readers
from irkit.actions.shape import at, text, texts
from irkit.canonical import Json


def federated_in(trust: Json) -> Iterator[str]:
    """Yield the identity providers that a trust policy names."""
    if isinstance(trust, Mapping):
        for key, value in trust.items():
            if key == "Federated":
                yield from (value,) if isinstance(value, str) else texts({key: value}, key)
            else:
                yield from federated_in(value)
    elif isinstance(trust, list | tuple):
        for item in trust:
            yield from federated_in(item)


async def roles_trusting(readers: Readers, provider: str, account: str) -> list[str]:
    """Return the ARNs of the account's roles whose trust policy names the provider's ARN."""
    roles = await all_of(readers, "iam", "list_roles", "Roles", account=account)
    return sorted(
        text(role, "Arn")
        for role in roles
        if provider in federated_in(at(role, "AssumeRolePolicyDocument"))
    )
