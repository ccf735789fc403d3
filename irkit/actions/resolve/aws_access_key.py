"""`aws.access_key`: the id of a key that some user of a pinned account has."""

from irkit.actions.aws.iam_key.get import Get
from irkit.actions.base import Readers
from irkit.actions.resolve.result import Resolved
from irkit.actions.shape import text
from irkit.actions.touches import owned
from irkit.model.change import Target


async def resolve(text_: str, readers: Readers) -> Resolved:
    """Return the key and whose it is."""
    found = (await Get(key=text_).read(readers)).value
    arn = text(found, "user")
    tenant = f"aws:{text(found, 'account')}"
    user = Target(kind="aws.user", tenant=tenant, id=text(found, "user_id"), label=arn)
    target = owned("aws.access_key", user, text_, f"{text_} of {arn}")
    return Resolved(id=text_, label=target.label, target=target)


async def expand(pattern: str, readers: Readers) -> tuple[Target, ...]:
    """Return the key; keys have no patterns."""
    return ((await resolve(pattern, readers)).target,)
