"""`okta.user`: an id or an exact login; similar ones are candidates, never guesses."""

from fnmatch import fnmatchcase

from irkit.actions.absent import OKTA, or_none
from irkit.actions.base import Readers
from irkit.actions.okta_user import user_path
from irkit.actions.resolve.result import Resolved, ambiguous, not_found
from irkit.actions.shape import maybe_text, text
from irkit.canonical import Json
from irkit.model.change import Target


async def resolve(text_: str, readers: Readers) -> Resolved:
    """Return the user with that id or login."""
    reply = await or_none(readers.okta.get(user_path(text_)), OKTA)
    if reply is not None:
        target = target_of(reply.body, readers.okta.tenant)
        return Resolved(id=target.id, label=target.label, target=target)
    similar = await readers.okta.list("/api/v1/users", {"q": text_, "limit": "10"})
    if similar:
        logins = [text(user, "profile", "login") for user in similar]
        raise ambiguous("Okta user", text_, logins)
    raise not_found("Okta user", text_, "give the login or the Okta id (00u…)")


async def expand(pattern: str, readers: Readers) -> tuple[Target, ...]:
    """Return the users whose login or id matches."""
    if not any(character in pattern for character in "*?["):
        return ((await resolve(pattern, readers)).target,)
    users = await readers.okta.list("/api/v1/users", {"limit": "200"})
    found = [target_of(user, readers.okta.tenant) for user in users]
    wanted = pattern.lower()
    return tuple(item for item in found if fnmatchcase(item.label.lower(), wanted))


def target_of(user: Json, tenant: str) -> Target:
    """Return a user's record as a target."""
    login = maybe_text(user, "profile", "login") or text(user, "id")
    return Target(kind="okta.user", tenant=tenant, id=text(user, "id"), label=login)
