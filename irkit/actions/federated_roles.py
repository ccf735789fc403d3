"""Which roles trust an identity provider: what breaking it closes."""

import json

from irkit.actions.aws_calls import all_of
from irkit.actions.base import Readers
from irkit.actions.shape import at, text
from irkit.canonical import thaw


async def roles_trusting(readers: Readers, provider: str, account: str) -> list[str]:
    """Return the ARNs of the account's roles whose trust policy names the provider's ARN."""
    roles = await all_of(readers, "iam", "list_roles", "Roles", account=account)
    return sorted(
        text(role, "Arn")
        for role in roles
        if f'"{provider}"' in json.dumps(thaw(at(role, "AssumeRolePolicyDocument")))
    )
