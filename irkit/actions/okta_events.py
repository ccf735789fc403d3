"""What the System Log says of one user lately: when something last happened with success."""

from datetime import datetime, timedelta

from irkit.actions.base import Readers
from irkit.actions.shape import at, text
from irkit.clock import rfc3339


async def last_done_to(readers: Readers, user: str, event: str, since: datetime) -> str:
    """Return when `event` last happened to `user`, empty if it did not."""
    return await _last(readers, f'target.id eq "{user}"', event, since)


async def last_done_by(readers: Readers, user: str, event: str, since: datetime) -> str:
    """Return when `user` last did `event`, empty if it did not happen."""
    return await _last(readers, f'actor.id eq "{user}"', event, since)


async def _last(readers: Readers, who: str, event: str, since: datetime) -> str:
    found = await readers.okta.list(
        "/api/v1/logs",
        {
            "since": rfc3339(since),
            "until": rfc3339(readers.okta.now() + timedelta(minutes=1)),
            "filter": f'eventType eq "{event}" and {who}',
            "limit": "1000",
        },
    )
    good = [text(item, "published") for item in found if at(item, "outcome", "result") == "SUCCESS"]
    return max(good, default="")
