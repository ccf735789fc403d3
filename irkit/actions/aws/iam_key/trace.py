"""Everything that came of one access key: roles entered, keys and users made, machines started."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.cloudtrail import History
from irkit.actions.shape import listed
from irkit.actions.times import moment
from irkit.actions.trace.walk import FOUND, follow
from irkit.canonical import Json
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace(Read):
    """Follows one key through the logs, and what it led to through all pinned accounts."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_key.trace",
        version=1,
        verb=Verb.READ,
        summary="Trace what came of an access key",
        needs=("aws",),
        target="aws.access_key",
        permissions=Permissions(iam_read=("cloudtrail:LookupEvents", "ec2:DescribeRegions")),
        reveals=(
            Kind.ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
        ),
        d3fend=("D3-UBA",),
        gotchas=(
            "CloudTrail shows an event up to 15 minutes after it happened.",
            "The event history has management events of 90 days; data events are not in it.",
        ),
        accumulates=True,
        result={"type": "object", "properties": FOUND},
    )

    key: str = parameter("aws.access_key", "The id of the key (AKIA…)")
    account: str = parameter("aws.account", "The key's account")
    since: str = parameter("time", "How far back to look", default="24 hours ago")

    async def read(self, readers: Readers) -> Answer:
        """Follow the key."""
        now = readers.aws.now()
        history = History(
            readers=readers, since=moment(self.since, now), until=now + timedelta(minutes=1)
        )
        found = await follow(history, self.account, self.key)
        evidence: Json = {"cloudtrail": listed(found.events)}
        return Answer(
            value=found.to_json(),
            raw=evidence,
            complete=not history.gaps,
            gaps=tuple(history.gaps),
            request_ids=tuple(history.request_ids),
            observed_through=rfc3339(now),
        )
