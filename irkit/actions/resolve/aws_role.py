"""`aws.role`: an ARN, or a name that exactly one pinned account has. Expressions see the ARN."""

from irkit.actions.base import Readers
from irkit.actions.iam_principal import role_target
from irkit.actions.resolve.iam import matching, one_of
from irkit.actions.resolve.result import Resolved
from irkit.model.change import Target


async def resolve(text_: str, readers: Readers) -> Resolved:
    """Return the role with that ARN or name."""
    target = role_target(await one_of("role", text_, readers))
    return Resolved(id=target.label, label=target.label, target=target)


async def expand(pattern: str, readers: Readers) -> tuple[Target, ...]:
    """Return the roles of all pinned accounts whose name or ARN matches."""
    return tuple([role_target(seen) async for seen in matching("role", pattern, readers)])
