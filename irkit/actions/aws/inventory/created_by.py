"""Everything one person or credential made or tried to make, and which of it is still there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import anyio

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.cloudtrail import History
from irkit.actions.made_things import RIGHTS, Thing, exists, made_by, makes, things_of
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import listed, text
from irkit.actions.times import moment
from irkit.actions.trace.events import key_of, session_of, succeeded, user_session_of
from irkit.actions.trace.walk import follow
from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb
from irkit.providers.call import CallError

_AT_ONCE = 16


@dataclass(slots=True, kw_only=True)
class _Found:
    """Events by their id with the account that has them, and rows of what they made."""

    events: dict[str, tuple[str, JsonObject]] = field(default_factory=dict)
    rows: list[dict[str, Json]] = field(default_factory=list)

    def take(self, account: str, events: Sequence[JsonObject]) -> None:
        """Keep events, each once."""
        self.events |= {text(event, "eventID"): (account, event) for event in events}


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedBy(Read):
    """Follows a name or credential through all sessions it led to, and lists what they made."""

    spec: ClassVar[Spec] = Spec(
        id="aws.inventory.created_by",
        version=1,
        verb=Verb.READ,
        summary="List what a person or credential made, and whether it is still there",
        needs=("aws",),
        permissions=Permissions(
            iam_read=(
                "cloudtrail:LookupEvents",
                "ec2:DescribeInstances",
                "ec2:DescribeRegions",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSnapshots",
                "iam:GetLoginProfile",
                "iam:GetPolicy",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:GetUser",
                "iam:GetUserPolicy",
                "iam:ListAccessKeys",
                "iam:ListAttachedRolePolicies",
                "iam:ListAttachedUserPolicies",
                "lambda:GetFunction",
                "s3:GetBucketLocation",
            ),
            only=RIGHTS,
        ),
        reveals=(Kind.LONG_TERM_KEY, Kind.INSTANCE_SESSION, Kind.EXTERNAL_TRUST),
        attack=("T1578.002", "T1136.003", "T1098"),
        d3fend=("D3-AI",),
        gotchas=(
            "CloudTrail shows an event up to 15 minutes after it happened.",
            "The history has management events of 90 days: objects and data are not in it.",
            "Failed attempts are listed too: they show what the intruder wanted.",
            "`exists` is null where the kind of thing cannot be asked for.",
        ),
        identified_by=("account", "region", "kind", "name", "at", "event"),
        result={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "account": {"type": "string"},
                    "region": {"type": "string"},
                    "kind": {"type": "string"},
                    "name": {"type": "string"},
                    "owner": {"type": "string"},
                    "at": {"type": "string"},
                    "event": {"type": "string"},
                    "by": {"type": "string"},
                    "access_key": {"type": "string"},
                    "source_ip": {"type": "string"},
                    "succeeded": {"type": "boolean"},
                    "error": {"type": "string"},
                    "exists": {"type": ["boolean", "null"]},
                },
            },
        },
    )

    user: str = parameter("text", "A user's name, or a session's", default="")
    access_key: str = parameter("text", "A credential (AKIA… or ASIA…)", default="")
    since: str = parameter("time", "How far back to look", default="24 hours ago")
    account: str = parameter("aws.account", "One account; empty for all pinned ones", default="")

    async def read(self, readers: Readers) -> Answer:
        """Find the events of the name and of all that came of it; then look what is left."""
        if not self.user and not self.access_key:
            raise cannot_reach("nobody is named", "give `user` or `access_key`")
        now = readers.aws.now()
        until = now + timedelta(minutes=1)
        since = moment(self.since, now)
        history = History(readers=readers, since=since, until=until)
        found = _Found()
        for account in (self.account,) if self.account else readers.aws.accounts():
            await self._collect(history, found, account)
        limiter = anyio.CapacityLimiter(_AT_ONCE)
        async with anyio.create_task_group() as group:
            for account, event in found.events.values():
                for thing in things_of(event) if makes(event) else ():
                    group.start_soon(_add, history, found, (account, event, thing), limiter)
        found.rows.sort(key=lambda row: (text(row, "at"), text(row, "event"), text(row, "name")))
        return Answer(
            value=listed(found.rows),
            raw=listed(event for _, event in found.events.values()),
            complete=not history.gaps,
            gaps=tuple(sorted(set(history.gaps))),
            request_ids=tuple(history.request_ids),
            observed_through=rfc3339(now),
        )

    async def _collect(self, history: History, found: _Found, account: str) -> None:
        """Take the events of the name in one account, and of each credential they issued."""
        seats = [(account, self.access_key)] if self.access_key else []
        if self.user:
            events = await history.look_up(account, "Username", self.user)
            found.take(account, events)
            for event in events:
                seats += _issued(account, event)
        for where, seat in dict.fromkeys(seats):
            follower = await follow(history, where, seat)
            for event in follower.events:
                found.take(text(event, "recipientAccountId"), (event,))


def _issued(account: str, event: JsonObject) -> list[tuple[str, str]]:
    """Return the credentials that an event issued."""
    if not succeeded(event):
        return []
    session = session_of(event) or user_session_of(event)
    if session:
        return [(text(session, "account"), text(session, "seat"))]
    key = key_of(event)
    return [(account, text(key, "id"))] if key else []


async def _add(
    history: History,
    found: _Found,
    made: tuple[str, JsonObject, Thing],
    limiter: anyio.CapacityLimiter,
) -> None:
    account, event, thing = made
    row = made_by(event, account, thing)
    there: bool | None = False
    if row["succeeded"]:
        async with limiter:
            try:
                there = await exists(history.readers, account, text(row, "region"), thing)
            except CallError as error:
                there = None
                summary = error.diagnostics[0].summary
                history.gaps.append(f"{account}: {thing.kind} {thing.name}: {summary}")
    found.rows.append({**row, "exists": there})
