"""One AWS account as a target."""

from irkit.actions.shape import text
from irkit.canonical import JsonObject
from irkit.model.change import Target


def account_target(seen: JsonObject) -> Target:
    """Return the account as a target."""
    account = text(seen, "account")
    return Target(kind="aws.account", tenant=f"aws:{account}", id=account, label=account)
