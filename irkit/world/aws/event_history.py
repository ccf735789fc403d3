"""CloudTrail: every call as an event, kept per account and region, and looked up.

The event history shows management events of the last 90 days, newest first, after a lag, to one
attribute at a time, 50 a page, at two requests a second. The complete record, data events
included, can be had as log files.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from irkit.canonical import Json
from irkit.clock import Clock

PAGE: Final = 50
KEPT: Final = timedelta(days=90)

EventObject: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, with what the event history can look it up by."""

    account: str
    region: str
    at: datetime
    body: EventObject
    username: str
    access_key_id: str
    resources: tuple[tuple[str, str], ...]
    management: bool

    @property
    def id(self) -> str:
        """The event's id."""
        return str(self.body["eventID"])

    @property
    def name(self) -> str:
        """The operation."""
        return str(self.body["eventName"])

    @property
    def source(self) -> str:
        """The service, such as `iam.amazonaws.com`."""
        return str(self.body["eventSource"])

    @property
    def read_only(self) -> str:
        """`true` or `false`, as the event history spells it."""
        return "true" if self.body["readOnly"] else "false"


class TooManyLookupsError(Exception):
    """More lookups a second than the service allows."""


@dataclass(slots=True, kw_only=True)
class EventHistory:
    """All events of all accounts. `lag` and `lookups_per_second` may be changed at any time."""

    clock: Clock
    lag: timedelta
    lookups_per_second: float
    _events: list[Event] = field(default_factory=list)
    _lookups: dict[tuple[str, str], list[datetime]] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Keep an event."""
        self._events.append(event)

    def all(self, account: str = "", region: str = "") -> tuple[Event, ...]:
        """Return events in the order they happened, whatever the lag."""
        return tuple(
            event
            for event in sorted(self._events, key=lambda event: event.at)
            if account in {"", event.account} and region in {"", event.region}
        )

    def look_up(
        self,
        account: str,
        region: str,
        attribute: tuple[str, str] | None,
        start: datetime | None,
        end: datetime | None,
    ) -> tuple[Event, ...]:
        """Return the management events that match, newest first.

        Raises:
            TooManyLookupsError: if the account asks this region too often.
        """
        self._count_lookup(account, region)
        now = self.clock()
        first = max(start or now - KEPT, now - KEPT)
        last = min(end or now, now - self.lag)
        return tuple(
            event
            for event in reversed(self.all(account, region))
            if event.management
            and first <= event.at <= last
            and (attribute is None or _matches(event, *attribute))
        )

    def log_files(self, account: str) -> Mapping[str, bytes]:
        """Return the account's events as gzipped log files, by their S3 key."""
        by_file: dict[str, list[EventObject]] = {}
        for event in self.all(account):
            key = (
                f"AWSLogs/{account}/CloudTrail/{event.region}/{event.at:%Y/%m/%d}/"
                f"{account}_CloudTrail_{event.region}_{event.at:%Y%m%dT%H00Z}_world.json.gz"
            )
            by_file.setdefault(key, []).append(event.body)
        return {key: _compressed(events) for key, events in by_file.items()}

    def _count_lookup(self, account: str, region: str) -> None:
        if not self.lookups_per_second:
            return
        now = self.clock()
        recent = [
            moment
            for moment in self._lookups.get((account, region), [])
            if now - moment < timedelta(seconds=1)
        ]
        if len(recent) >= self.lookups_per_second:
            self._lookups[account, region] = recent
            raise TooManyLookupsError
        self._lookups[account, region] = [*recent, now]


def _matches(event: Event, key: str, value: str) -> bool:
    plain = {
        "EventId": event.id,
        "EventName": event.name,
        "Username": event.username,
        "EventSource": event.source,
        "AccessKeyId": event.access_key_id,
    }
    match key:
        case "ReadOnly":
            return event.read_only == value.lower()
        case "ResourceType":
            return any(kind == value for kind, _ in event.resources)
        case "ResourceName":
            return any(name == value for _, name in event.resources)
        case _:
            return plain.get(key) == value


def _compressed(events: Iterable[EventObject]) -> bytes:
    return gzip.compress(json.dumps({"Records": list(events)}).encode(), mtime=0)
