"""The System Log of an org, to its end or to a limit that is said."""

from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_log import about, read_log
from irkit.actions.okta_user import fetch_user
from irkit.actions.shape import listed, text
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb


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
        found = await read_log(
            readers,
            await self._condition(readers),
            since=self.since,
            until=self.until,
            limit=self.limit,
        )
        events = listed(found.events)
        return Answer(
            value=events,
            raw=events,
            complete=found.complete,
            gaps=found.gaps,
            request_ids=found.request_ids,
            observed_through=found.through,
        )

    async def _condition(self, readers: Readers) -> str:
        if not self.user:
            return self.filter
        theirs = about(text(await fetch_user(readers, self.user), "id"))
        return f"({self.filter}) and {theirs}" if self.filter else theirs
