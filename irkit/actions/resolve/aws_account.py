"""`aws.account`: the 12 digits of a pinned account; `all` is every pinned one."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from irkit.actions.base import Readers
from irkit.actions.resolve.result import Resolved, not_found
from irkit.model.change import Target


async def resolve(text_: str, readers: Readers) -> Resolved:
    """Return the account, if it is pinned."""
    if text_ not in readers.aws.accounts():
        raise not_found("pinned AWS account", text_, "see `connections` in `irkit.yaml`")
    return Resolved(id=text_, label=text_, target=_target(text_))


async def expand(pattern: str, readers: Readers) -> tuple[Target, ...]:
    """Return the pinned accounts that match."""
    return tuple(_target(item) for item in readers.aws.accounts() if fnmatchcase(item, pattern))


async def everything(readers: Readers) -> Sequence[str]:
    """Return all pinned accounts."""
    return readers.aws.accounts()


def _target(account: str) -> Target:
    return Target(kind="aws.account", tenant=f"aws:{account}", id=account, label=account)
