"""`cloudtrail:LookupEvents`: the event history, as responders have to use it."""

import json
from datetime import UTC, datetime

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.event_history import PAGE, Event, TooManyLookupsError
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall


@handles("cloudtrail:LookupEvents")
def lookup_events(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Return one page of events; the token of the next page is bound to this query."""
    try:
        events = cloud.events.look_up(
            caller.account,
            call.region,
            _attribute(call),
            _moment(call, "StartTime"),
            _moment(call, "EndTime"),
        )
    except TooManyLookupsError as error:
        raise ApiError("ThrottlingException", "Rate exceeded") from error
    start = _offset(call, events)
    page = min(call.number("MaxResults", PAGE), PAGE)
    members: dict[str, object] = {"Events": [_shown(event) for event in events[start:][:page]]}
    if start + page < len(events):
        members["NextToken"] = events[start + page - 1].id
    return Result(members=members)


def _attribute(call: ApiCall) -> tuple[str, str] | None:
    attributes = call.params.get("LookupAttributes")
    if not isinstance(attributes, list) or not attributes:
        return None
    if len(attributes) > 1:
        raise ApiError(
            "InvalidLookupAttributesException", "Only one lookup attribute can be specified."
        )
    return str(attributes[0]["AttributeKey"]), str(attributes[0]["AttributeValue"])


def _moment(call: ApiCall, name: str) -> datetime | None:
    value = call.params.get(name)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _offset(call: ApiCall, events: tuple[Event, ...]) -> int:
    """Go on after the event that ended the last page, however many are new by now."""
    token = call.text("NextToken")
    if not token:
        return 0
    for position, event in enumerate(events):
        if event.id == token:
            return position + 1
    raise ApiError("InvalidNextTokenException", "Invalid NextToken")


def _shown(event: Event) -> dict[str, object]:
    shown: dict[str, object] = {
        "EventId": event.id,
        "EventName": event.name,
        "ReadOnly": event.read_only,
        "EventTime": event.at,
        "EventSource": event.source,
        "Username": event.username,
        "Resources": [
            {"ResourceType": kind, "ResourceName": name} for kind, name in event.resources
        ],
        "CloudTrailEvent": json.dumps(event.body),
    }
    if event.access_key_id:
        shown["AccessKeyId"] = event.access_key_id
    return shown
