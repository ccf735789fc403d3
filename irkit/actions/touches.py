"""What a target belongs to, so that protecting a principal protects all that is its own.

The id of a thing that belongs to a principal is written `owner/own` (`AIDA…/AKIA…`), and its kind
says what the owner is.
"""

from irkit.model.change import Target
from irkit.model.owners import OWNERS


def owned(kind: str, owner: Target, own: str, label: str) -> Target:
    """Return the target for something of `owner`."""
    assert OWNERS[kind] == owner.kind, f"{kind} belongs to {OWNERS[kind]}"
    return Target(kind=kind, tenant=owner.tenant, id=f"{owner.id}/{own}", label=label)


def owner_id(target: Target) -> str:
    """Return the id of the principal that `target` belongs to."""
    return target.id.partition("/")[0]


def own_id(target: Target) -> str:
    """Return the id of `target` within its principal."""
    return target.id.partition("/")[2]
