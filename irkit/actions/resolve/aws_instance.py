"""`aws.instance`: an ARN, or an id that is looked for everywhere. Expressions see the ARN."""

from irkit.actions.base import Readers
from irkit.actions.ec2_instances import instance_target, locate, see_instance
from irkit.actions.resolve.result import Resolved
from irkit.model.change import Target


async def resolve(text_: str, readers: Readers) -> Resolved:
    """Return the instance and where it is."""
    seen = await see_instance(readers, await locate(readers, text_))
    target = instance_target(seen)
    return Resolved(id=target.label, label=target.label, target=target)


async def expand(pattern: str, readers: Readers) -> tuple[Target, ...]:
    """Return the instance; machines have no patterns."""
    return ((await resolve(pattern, readers)).target,)
