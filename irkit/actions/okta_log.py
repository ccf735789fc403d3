"""The System Log between two moments, page by page, to its end or to a limit that is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from irkit.actions.base import Readers
from irkit.actions.shape import maybe_text
from irkit.actions.times import moment
from irkit.canonical import JsonObject
from irkit.clock import rfc3339
from irkit.providers.call import CallError

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """What was read of the log, oldest first; `through` is the moment up to which it answered."""

    events: tuple[JsonObject, ...]
    through: str
    gaps: tuple[str, ...] = ()
    request_ids: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Say whether nothing was cut off."""
        return not self.gaps


async def read_log(
    readers: Readers, condition: str, *, since: str, until: str = "", limit: int = 10_000
) -> Excerpt:
    """Return the events that hold `condition` (empty for all) between two moments.

    Raises:
        IrkitError: if `since` or `until` is no time.
        CallError: if Okta does not answer.
    """
    now = readers.okta.now()
    end = moment(until, now) if until else now
    query = {
        "since": rfc3339(moment(since, now)),
        "until": rfc3339(end + timedelta(seconds=1)),
        "sortOrder": "ASCENDING",
        "limit": str(min(_PAGE, limit)),
    }
    if condition:
        query["filter"] = condition
    events: list[JsonObject] = []
    request_ids: list[str] = []
    async for page in readers.okta.pages("/api/v1/logs", query):
        events += cast("list[JsonObject]", page.body)
        request_ids.append(page.request_id)
        if len(events) > limit:
            break
    cut = len(events) > limit
    return Excerpt(
        events=tuple(events[:limit]),
        through=_through(events[:limit], end, cut=cut),
        gaps=(f"more than {limit} events: the rest was not read",) if cut else (),
        request_ids=tuple(request_ids),
    )


async def read_what_there_is(readers: Readers, condition: str, *, since: str) -> Excerpt:
    """Return what `read_log` returns; where Okta does not answer, nothing and a gap."""
    try:
        return await read_log(readers, condition, since=since)
    except CallError as error:
        gap = f"the log was not read: {error.diagnostics[0].summary}"
        return Excerpt(events=(), through="", gaps=(gap,))


def about(user_id: str) -> str:
    """Return the condition for what a user did or had done to them."""
    return f'(actor.id eq "{user_id}" or target.id eq "{user_id}")'


def any_of(event_types: Iterable[str]) -> str:
    """Return the condition for events of one of these types."""
    return " or ".join(f'eventType eq "{name}"' for name in event_types)


def people_who(events: Iterable[JsonObject]) -> list[JsonObject]:
    """Return the `id` and `login` of each user who did one of these with success, in order."""
    found = {
        maybe_text(event, "actor", "id"): maybe_text(event, "actor", "alternateId")
        for event in events
        if maybe_text(event, "outcome", "result") == "SUCCESS"
        and maybe_text(event, "actor", "type") == "User"
    }
    return [{"id": user, "login": login} for user, login in found.items() if user != "unknown"]


def _through(events: list[JsonObject], end: datetime, *, cut: bool) -> str:
    """Return up to when the log is known: to the end, or to the last event that was read."""
    return maybe_text(events[-1], "published") if cut and events else rfc3339(end)
