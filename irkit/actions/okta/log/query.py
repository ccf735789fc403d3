"""The System Log of an org, to its end or to a limit that is said."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final, cast

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_user import fetch_user
from irkit.actions.shape import text
from irkit.actions.times import moment
from irkit.canonical import Json
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Read):
    """Returns events as Okta logged them, oldest first."""

    spec: ClassVar[Spec] = Spec(
        id="okta.log.query",
        version=1,
        verb=Verb.READ,
        summary="Search the Okta System Log",
        needs=("okta",),
        permissions=Permissions(okta_read=("okta.logs.read", "okta.users.read")),
        reveals=(Kind.OKTA_SESSION,),
        d3fend=("D3-UBA",),
        gotchas=(
            "Events may be logged some minutes late: what is missing now may appear later.",
            "Numbers with a fraction, such as coordinates, are given as text.",
        ),
        result={"type": "array", "items": {"type": "object"}},
    )

    since: str = parameter("time", "From when", default="24 hours ago")
    until: str = parameter("time", "To when; empty for the present moment", default="")
    filter: str = parameter("text", "A filter expression of Okta", default="")
    user: str = parameter("okta.user", "Only what this user did or had done to them", default="")
    limit: int = parameter("int", "At most so many events", default=10_000)

    async def read(self, readers: Readers) -> Answer:
        """Read page by page; a search that is cut short says so."""
        now = readers.okta.now()
        until = moment(self.until, now) if self.until else now
        query = {
            "since": rfc3339(moment(self.since, now)),
            "until": rfc3339(until + timedelta(seconds=1)),
            "sortOrder": "ASCENDING",
            "limit": str(min(_PAGE, self.limit)),
        }
        condition = await self._condition(readers)
        if condition:
            query["filter"] = condition
        events: list[Json] = []
        request_ids: list[str] = []
        cut = False
        async for page in readers.okta.pages("/api/v1/logs", query):
            events += cast("list[Json]", page.body)
            request_ids.append(page.request_id)
            if len(events) > self.limit:
                cut = True
                break
        events = events[: self.limit]
        gaps = (f"more than {self.limit} events: the rest was not read",) if cut else ()
        return Answer(
            value=events,
            raw=events,
            complete=not cut,
            gaps=gaps,
            request_ids=tuple(request_ids),
            observed_through=rfc3339(until),
        )

    async def _condition(self, readers: Readers) -> str:
        if not self.user:
            return self.filter
        user = text(await fetch_user(readers, self.user), "id")
        theirs = f'(actor.id eq "{user}" or target.id eq "{user}")'
        return f"({self.filter}) and {theirs}" if self.filter else theirs
