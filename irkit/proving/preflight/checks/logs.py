"""Do the logs run, and how late are they? What they cannot show yet is unknown to a run.

An old newest event means that the log is late, or that nothing happened; only a test file can say
that a log is never quiet for so long. Without that it is something to think about.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

from irkit.actions.shape import at, entries, text
from irkit.canonical import JsonObject
from irkit.clock import parse_rfc3339, rfc3339, words
from irkit.engine.checking import Finding, State, good
from irkit.providers.aws.gateway import AwsReader
from irkit.proving.preflight.site import Site

_BACK: Final = timedelta(days=1)
_OKTA_USUAL: Final = timedelta(minutes=5)
_CLOUDTRAIL_USUAL: Final = timedelta(minutes=20)


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield the age of the newest event of each log, and trails that do not log."""
    for provider in ("okta", "aws"):
        for finding in site.blind("logs", provider):
            yield finding
    for connection in site.open("okta"):
        reader = site.readers(connection).okta
        query = {
            "since": rfc3339(reader.now() - _BACK),
            "sortOrder": "DESCENDING",
            "limit": "1",
        }
        reply = await reader.get("/api/v1/logs", query)
        found = [text(event, "published") for event in entries({"events": reply.body}, "events")]
        name = f"the System Log of `{connection.name}`"
        yield _lag(name, found, reader.now(), site.demands.okta_lag, _OKTA_USUAL)
    for connection in site.open("aws"):
        aws = site.readers(connection).aws
        for account in aws.accounts():
            yield await _events(aws, account, site.demands.cloudtrail_lag)
            yield await _trails(aws, account)


async def _events(reader: AwsReader, account: str, most: timedelta | None) -> Finding:
    parameters: JsonObject = {"StartTime": rfc3339(reader.now() - _BACK), "MaxResults": 1}
    pages = reader.pages("cloudtrail", "lookup_events", parameters, account=account)
    reply = await anext(pages)  # the newest event is in the first
    found = [text(event, "EventTime") for event in entries(reply.body, "Events")]
    return _lag(f"CloudTrail of {account}", found, reader.now(), most, _CLOUDTRAIL_USUAL)


async def _trails(reader: AwsReader, account: str) -> Finding:
    reply = await reader.call("cloudtrail", "describe_trails", account=account)
    for trail in entries(reply.body, "trailList"):
        status = await reader.call(
            "cloudtrail", "get_trail_status", {"Name": text(trail, "TrailARN")}, account=account
        )
        if at(status.body, "IsLogging") is True:
            return good("logs", f"the trail `{text(trail, 'Name')}` of {account} is logging")
    return Finding(
        subject="logs",
        state=State.BAD,
        what=f"no trail of {account} is logging: beyond 90 days nothing will be known",
        remedy="aws cloudtrail start-logging --name TRAIL; find out who stopped it",
    )


def _lag(
    log: str, newest: list[str], now: datetime, most: timedelta | None, usual: timedelta
) -> Finding:
    if not newest:
        return Finding(
            subject="logs",
            state=State.UNKNOWN,
            what=f"{log} shows nothing of the last {words(_BACK)}: late, or nothing happened",
            remedy="do something that it logs, and look again",
        )
    age = max(now - parse_rfc3339(newest[0]), timedelta())
    if age <= (most or usual):
        return good("logs", f"{log} is at most {words(age)} late")
    if most is None:
        return Finding(
            subject="logs",
            state=State.WARNING,
            what=f"the newest event in {log} is {words(age)} old: it is late, or quiet",
            remedy="if it is never quiet for so long, say so in the check `logs` of the test file",
        )
    return Finding(
        subject="logs",
        state=State.BAD,
        what=f"the newest event in {log} is {words(age)} old, more than {words(most)}",
        remedy="what happened since cannot be seen yet: look again before you trust a trace",
    )
