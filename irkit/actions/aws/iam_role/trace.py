"""Everything that came of a role: who entered it, and what they did from there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.arn import principal
from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.cloudtrail import History
from irkit.actions.shape import listed, text
from irkit.actions.times import moment
from irkit.actions.trace.events import session_of
from irkit.actions.trace.walk import FOUND, Findings, follow
from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace(Read):
    """Finds the sessions that entered one role, and follows each through all pinned accounts."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_role.trace",
        version=1,
        verb=Verb.READ,
        summary="Trace what came of a role",
        needs=("aws",),
        target="aws.role",
        permissions=Permissions(iam_read=("cloudtrail:LookupEvents", "ec2:DescribeRegions")),
        reveals=(
            Kind.ROLE_SESSION,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
        ),
        attack=("T1078.004", "T1550.001"),
        d3fend=("D3-UBA",),
        gotchas=(
            "The sessions of the innocent are in it as well: whoever entered the role.",
            "A machine's or function's own sessions are not: AWS issues those without an event.",
            "CloudTrail shows an event up to 15 minutes after it happened.",
            "The event history has management events of 90 days; data events are not in it.",
        ),
        accumulates=True,
        result={"type": "object", "properties": {"sessions": {"type": "array"}, **FOUND}},
    )

    role: str = parameter("aws.role", "The role: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `role` is no ARN", default="")
    since: str = parameter("time", "How far back to look", default="24 hours ago")

    async def read(self, readers: Readers) -> Answer:
        """Find who entered the role, and follow each."""
        role = principal("role", self.role, self.account)
        name = f"arn:aws:iam::{role.account}:role{role.path or '/'}{role.name}"
        now = readers.aws.now()
        history = History(
            readers=readers, since=moment(self.since, now), until=now + timedelta(minutes=1)
        )
        whole, sessions = Findings(), list[JsonObject]()
        for event in await history.look_up(role.account, "ResourceName", name):
            whole.events.append(event)
            session = session_of(event)
            if session is not None and session["role"] == name:
                sessions.append(session)
                whole.take(await follow(history, role.account, text(session, "seat"), session))
        value: dict[str, Json] = {"sessions": listed(sessions), **whole.to_json()}
        return Answer(
            value=value,
            raw={"cloudtrail": listed(whole.events)},
            complete=not history.gaps,
            gaps=tuple(history.gaps),
            request_ids=tuple(history.request_ids),
            observed_through=rfc3339(now),
        )
