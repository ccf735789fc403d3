"""`aws.region`: a region that is enabled in some pinned account; `all` is every such one."""

from collections.abc import Sequence

from irkit.actions.base import Readers
from irkit.actions.resolve.result import Resolved, not_found
from irkit.model.change import Target


async def resolve(text_: str, readers: Readers) -> Resolved:
    """Return the region, if it is in use."""
    known = await everything(readers)
    if text_ not in known:
        raise not_found("enabled AWS region", text_, f"the regions are {', '.join(known)}")
    target = Target(kind="aws.region", tenant="aws", id=text_, label=text_)
    return Resolved(id=text_, label=text_, target=target)


async def everything(readers: Readers) -> Sequence[str]:
    """Return the regions enabled in any pinned account."""
    found: set[str] = set()
    for account in readers.aws.accounts():
        found.update(await readers.aws.regions(account))
    return sorted(found)
