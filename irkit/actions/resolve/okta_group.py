"""`okta.group`: an id or an exact name. Protecting a group protects its members."""

from fnmatch import fnmatchcase
from urllib.parse import quote

from irkit.actions.absent import OKTA, or_none
from irkit.actions.base import Readers
from irkit.actions.resolve.okta_user import target_of
from irkit.actions.resolve.result import Resolved, ambiguous, not_found
from irkit.actions.shape import text
from irkit.canonical import Json
from irkit.model.change import Target


async def resolve(text_: str, readers: Readers) -> Resolved:
    """Return the group with that id or name."""
    reply = await or_none(readers.okta.get(f"/api/v1/groups/{quote(text_, safe='')}"), OKTA)
    if reply is not None:
        return _resolved(_target(reply.body, readers.okta.tenant))
    similar = await readers.okta.list("/api/v1/groups", {"q": text_, "limit": "100"})
    named = [group for group in similar if text(group, "profile", "name") == text_]
    if len(named) == 1:
        return _resolved(_target(named[0], readers.okta.tenant))
    candidates = [f"{text(g, 'profile', 'name')} ({text(g, 'id')})" for g in named or similar]
    if candidates:
        raise ambiguous("Okta group", text_, candidates)
    raise not_found("Okta group", text_, "give the exact name or the Okta id (00g…)")


async def expand(pattern: str, readers: Readers) -> tuple[Target, ...]:
    """Return the groups whose name or id matches, and all their members."""
    tenant = readers.okta.tenant
    if any(character in pattern for character in "*?["):
        every = await readers.okta.list("/api/v1/groups", {"limit": "200"})
        groups = [_target(group, tenant) for group in every]
        groups = [group for group in groups if fnmatchcase(group.label, pattern)]
    else:
        groups = [(await resolve(pattern, readers)).target]
    members: dict[str, Target] = {}
    for group in groups:
        for user in await readers.okta.list(f"/api/v1/groups/{group.id}/users"):
            target = target_of(user, tenant)
            members[target.id] = target
    return (*groups, *members.values())


def _resolved(target: Target) -> Resolved:
    return Resolved(id=target.id, label=target.label, target=target)


def _target(group: Json, tenant: str) -> Target:
    name = text(group, "profile", "name")
    return Target(kind="okta.group", tenant=tenant, id=text(group, "id"), label=name)
