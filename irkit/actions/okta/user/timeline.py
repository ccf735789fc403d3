"""What a user did, session by session: the intruder's sessions apart from the person's own."""

from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_log import about, read_log
from irkit.actions.okta_sessions import devices_of, done_to, session_id, sessions_of
from irkit.actions.okta_user import fetch_user
from irkit.actions.shape import listed, maybe_text, text
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(Read):
    """Returns one timeline a session, and one line a device."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.timeline",
        version=1,
        verb=Verb.READ,
        summary="What a user did at Okta, session by session",
        needs=("okta",),
        target="okta.user",
        permissions=Permissions(okta_read=("okta.logs.read", "okta.users.read")),
        reveals=(Kind.OKTA_SESSION, Kind.OKTA_FACTOR),
        attack=("T1539", "T1078.004"),
        d3fend=("D3-UBA",),
        gotchas=(
            "`moved` is one session from several addresses and several browsers: a stolen cookie.",
            "A session that is not `started` began before the time that was read, or elsewhere.",
            "Events may be logged some minutes late: what is missing now may appear later.",
            "Okta keeps its log for 90 days.",
        ),
        result={
            "type": "object",
            "properties": {
                "user": {"type": "string"},
                "login": {"type": "string"},
                "sessions": {"type": "array", "items": {"type": "object"}},
                "devices": {"type": "array", "items": {"type": "object"}},
                "done_to": {"type": "array", "items": {"type": "object"}},
                "without_session": {"type": "integer"},
                "moved": {"type": "array", "items": {"type": "string"}},
                "not_started": {"type": "array", "items": {"type": "string"}},
            },
        },
    )

    user: str = parameter("okta.user", "The user: Okta id or login")
    since: str = parameter("time", "From when", default="24 hours ago")
    until: str = parameter("time", "To when; empty for the present moment", default="")
    limit: int = parameter("int", "At most so many events", default=10_000)

    async def read(self, readers: Readers) -> Answer:
        """Read the log of the user and sort it by session."""
        record = await fetch_user(readers, self.user)
        user = text(record, "id")
        found = await read_log(
            readers, about(user), since=self.since, until=self.until, limit=self.limit
        )
        sessions = sessions_of(found.events, user)
        own = [event for event in found.events if maybe_text(event, "actor", "id") == user]
        return Answer(
            value={
                "user": user,
                "login": text(record, "profile", "login"),
                "sessions": sessions,
                "devices": devices_of(found.events, user),
                "done_to": done_to(found.events, user),
                "without_session": len([event for event in own if not session_id(event)]),
                "moved": [s["session"] for s in sessions if isinstance(s, dict) and s["moved"]],
                "not_started": [
                    s["session"] for s in sessions if isinstance(s, dict) and not s["started"]
                ],
            },
            raw=listed(found.events),
            complete=found.complete,
            gaps=found.gaps,
            request_ids=found.request_ids,
            observed_through=found.through,
        )
