"""`okta.app`: an id or an exact label."""

from urllib.parse import quote

from irkit.actions.absent import OKTA, or_none
from irkit.actions.base import Readers
from irkit.actions.resolve.result import Resolved, ambiguous, not_found
from irkit.actions.shape import text
from irkit.canonical import Json
from irkit.model.change import Target


async def resolve(text_: str, readers: Readers) -> Resolved:
    """Return the application with that id or label."""
    reply = await or_none(readers.okta.get(f"/api/v1/apps/{quote(text_, safe='')}"), OKTA)
    if reply is not None:
        return _resolved(reply.body, readers.okta.tenant)
    similar = await readers.okta.list("/api/v1/apps", {"q": text_, "limit": "100"})
    named = [app for app in similar if text(app, "label") == text_]
    if len(named) == 1:
        return _resolved(named[0], readers.okta.tenant)
    candidates = [f"{text(app, 'label')} ({text(app, 'id')})" for app in named or similar]
    if candidates:
        raise ambiguous("Okta application", text_, candidates)
    raise not_found("Okta application", text_, "give the exact label or the Okta id (0oa…)")


def _resolved(app: Json, tenant: str) -> Resolved:
    label = text(app, "label")
    target = Target(kind="okta.app", tenant=tenant, id=text(app, "id"), label=label)
    return Resolved(id=target.id, label=label, target=target)
