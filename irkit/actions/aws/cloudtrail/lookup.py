"""CloudTrail's event history, in every region, to its end or to a limit that is said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.cloudtrail import History
from irkit.actions.shape import at, listed, maybe_text, text
from irkit.actions.times import moment
from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb

_WRITES: Final = ("ReadOnly", "false")
_FIELDS: Final = {
    "at": "eventTime",
    "region": "awsRegion",
    "source": "eventSource",
    "name": "eventName",
    "source_ip": "sourceIPAddress",
    "user_agent": "userAgent",
    "error": "errorCode",
    "id": "eventID",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Read):
    """Returns events that match everything that is given, oldest first."""

    spec: ClassVar[Spec] = Spec(
        id="aws.cloudtrail.lookup",
        version=1,
        verb=Verb.READ,
        summary="Search CloudTrail's event history in every region",
        needs=("aws",),
        permissions=Permissions(iam_read=("cloudtrail:LookupEvents", "ec2:DescribeRegions")),
        reveals=(
            Kind.LONG_TERM_KEY,
            Kind.ROLE_SESSION,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
        ),
        d3fend=("D3-UBA",),
        gotchas=(
            "CloudTrail shows an event up to 15 minutes after it happened.",
            "The history has management events of 90 days; data events are not in it.",
            "Each account and region answers two lookups a second: narrow the time.",
            "The user name of a role's session is the session's name, not the role's.",
        ),
        result={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "account": {"type": "string"},
                    "at": {"type": "string"},
                    "region": {"type": "string"},
                    "source": {"type": "string"},
                    "name": {"type": "string"},
                    "user": {"type": "string"},
                    "access_key": {"type": "string"},
                    "source_ip": {"type": "string"},
                    "user_agent": {"type": "string"},
                    "error": {"type": "string"},
                    "read_only": {"type": ["boolean", "null"]},
                    "id": {"type": "string"},
                },
            },
        },
    )

    access_key: str = parameter("text", "Only of this credential (AKIA… or ASIA…)", default="")
    user_name: str = parameter("text", "Only of this user name or session name", default="")
    event_name: str = parameter("text", "Only this operation, such as CreateUser", default="")
    resource: str = parameter("text", "Only about this resource, by name", default="")
    writes_only: bool = parameter("bool", "Leave out what only reads", default=False)
    since: str = parameter("time", "From when", default="24 hours ago")
    until: str = parameter("time", "To when; empty for the present moment", default="")
    account: str = parameter("aws.account", "One account; empty for all pinned ones", default="")
    limit: int = parameter("int", "At most so many events of an account", default=10_000)

    async def read(self, readers: Readers) -> Answer:
        """Look up by one attribute, which is all AWS takes, and sieve by the others."""
        now = readers.aws.now()
        until = moment(self.until, now) if self.until else now
        history = History(
            readers=readers,
            since=moment(self.since, now),
            until=until + timedelta(seconds=1),
            limit=self.limit,
        )
        found: list[tuple[str, JsonObject]] = []
        for account in (self.account,) if self.account else readers.aws.accounts():
            events = await history.look_up(account, *self._attribute)
            found += ((account, event) for event in events if self._fits(event))
        found.sort(key=lambda pair: (text(pair[1], "eventTime"), text(pair[1], "eventID")))
        return Answer(
            value=listed(_shown(account, event) for account, event in found),
            raw=listed(event for _, event in found),
            complete=not history.gaps,
            gaps=tuple(sorted(history.gaps)),
            request_ids=tuple(history.request_ids),
            observed_through=rfc3339(until),
        )

    @property
    def _attribute(self) -> tuple[str, str]:
        """The attribute that leaves least: what is about a resource only AWS can tell."""
        for key, value in (
            ("ResourceName", self.resource),
            ("AccessKeyId", self.access_key),
            ("Username", self.user_name),
            ("EventName", self.event_name),
        ):
            if value:
                return key, value
        return _WRITES if self.writes_only else ("", "")

    def _fits(self, event: JsonObject) -> bool:
        return (
            self.access_key in {"", maybe_text(event, "userIdentity", "accessKeyId")}
            and (not self.user_name or self.user_name in _names(event))
            and self.event_name in {"", maybe_text(event, "eventName")}
            and not (self.writes_only and at(event, "readOnly") is True)
        )


def _names(event: JsonObject) -> Iterator[str]:
    """Yield the names an event can be looked up by: its user's, and its session's."""
    yield maybe_text(event, "userIdentity", "userName")
    yield maybe_text(event, "userIdentity", "arn").rpartition("/")[2]


def _shown(account: str, event: JsonObject) -> dict[str, Json]:
    return {
        "account": account,
        **{ours: maybe_text(event, theirs) for ours, theirs in _FIELDS.items()},
        "user": maybe_text(event, "userIdentity", "arn"),
        "access_key": maybe_text(event, "userIdentity", "accessKeyId"),
        "read_only": at(event, "readOnly"),
    }
