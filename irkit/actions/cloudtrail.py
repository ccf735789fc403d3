"""Looking up CloudTrail's event history in every region, and saying where that failed.

A region that does not answer is a gap with a name, never an empty list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import anyio

from irkit.actions.base import Readers
from irkit.actions.shape import entries, text
from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.providers.call import CallError
from irkit.providers.json_text import decode

_AT_ONCE: Final = 16


@dataclass(slots=True, kw_only=True)
class History:
    """The event history of the pinned accounts since a moment; collects what it could not read.

    `limit` is how many events of an account are read at most; 0 is all there are.
    """

    readers: Readers
    since: datetime
    until: datetime
    limit: int = 0
    gaps: list[str] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)
    _regions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _answers: dict[tuple[str, str, str], Sequence[JsonObject]] = field(default_factory=dict)
    _limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_AT_ONCE))

    async def look_up(self, account: str, key: str = "", value: str = "") -> Sequence[JsonObject]:
        """Return the events of `account` whose `key` is `value`, oldest first, each once.

        Without a key, all events. What was asked once is not asked again.
        """
        asked = (account, key, value)
        if asked not in self._answers:
            self._answers[asked] = await self._look_up(account, key, value)
        return self._answers[asked]

    async def _look_up(self, account: str, key: str, value: str) -> Sequence[JsonObject]:
        found: dict[str, JsonObject] = {}
        async with anyio.create_task_group() as group:
            for region in await self._regions_of(account):
                group.start_soon(self._one, found, account, region, (key, value))
        return sorted(found.values(), key=lambda event: (text(event, "eventTime"), _id(event)))

    async def _one(
        self,
        found: dict[str, JsonObject],
        account: str,
        region: str,
        attribute: tuple[str, str],
    ) -> None:
        async with self._limiter:
            try:
                await self._pages(found, account, region, attribute)
            except CallError as error:
                summary = error.diagnostics[0].summary
                self.gaps.append(f"{account}/{region}: CloudTrail did not answer: {summary}")

    async def _pages(
        self,
        found: dict[str, JsonObject],
        account: str,
        region: str,
        attribute: tuple[str, str],
    ) -> None:
        given: dict[str, Json] = {
            "StartTime": rfc3339(self.since),
            "EndTime": rfc3339(self.until),
        }
        if attribute[0]:
            given["LookupAttributes"] = [
                {"AttributeKey": attribute[0], "AttributeValue": attribute[1]}
            ]
        async for page in self.readers.aws.pages(
            "cloudtrail", "lookup_events", given, account=account, region=region
        ):
            self.request_ids.append(page.request_id)
            for item in entries(page.body, "Events"):
                event = decode(text(item, "CloudTrailEvent"))
                if isinstance(event, dict):
                    found[_id(event)] = event
            if self.limit and len(found) >= self.limit:
                self.gaps.append(
                    f"{account}/{region}: {self.limit} events of the account are read, "
                    "older ones may be missing"
                )
                break

    async def _regions_of(self, account: str) -> tuple[str, ...]:
        if account not in self._regions:
            try:
                self._regions[account] = await self.readers.aws.regions(account)
            except CallError as error:
                summary = error.diagnostics[0].summary
                self.gaps.append(f"{account}: its regions could not be listed: {summary}")
                self._regions[account] = ("us-east-1",)
        return self._regions[account]


def _id(event: JsonObject) -> str:
    return text(event, "eventID")
