"""`aws.user`: an ARN, or a name that exactly one pinned account has. Expressions see the ARN."""

from irkit.actions.base import Readers
from irkit.actions.iam_principal import user_target
from irkit.actions.resolve.iam import matching, one_of
from irkit.actions.resolve.result import Resolved
from irkit.model.change import Target


async def resolve(text_: str, readers: Readers) -> Resolved:
    """Return the user with that ARN or name."""
    target = user_target(await one_of("user", text_, readers))
    return Resolved(id=target.label, label=target.label, target=target)


async def expand(pattern: str, readers: Readers) -> tuple[Target, ...]:
    """Return the users of all pinned accounts whose name or ARN matches."""
    return tuple([user_target(seen) async for seen in matching("user", pattern, readers)])
