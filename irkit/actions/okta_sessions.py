"""A person's events sorted by session: who one person is in the log may be two."""

from collections.abc import Iterable, Mapping
from typing import Final

from irkit.actions.shape import at, entries, listed, maybe_text, text
from irkit.canonical import Json, JsonObject

STARTED: Final = "user.session.start"
_NO_SESSION: Final = frozenset({"", "unknown"})


def sessions_of(events: Iterable[JsonObject], user_id: str) -> list[Json]:
    """Return what the user did, session by session, in the order the sessions appear."""
    by_session: dict[str, list[JsonObject]] = {}
    for event in events:
        session = session_id(event)
        if session and maybe_text(event, "actor", "id") == user_id:
            by_session.setdefault(session, []).append(event)
    return [_session(session, found) for session, found in by_session.items()]


def devices_of(events: Iterable[JsonObject], user_id: str) -> list[Json]:
    """Return the browsers that acted as the user, by the token that Okta gave each."""
    by_device: dict[str, list[JsonObject]] = {}
    for event in events:
        device = maybe_text(event, "debugContext", "debugData", "dtHash")
        if device and maybe_text(event, "actor", "id") == user_id:
            by_device.setdefault(device, []).append(event)
    return [
        {
            "device": device,
            "sessions": _distinct(session_id(event) for event in found),
            **_from_where(found),
        }
        for device, found in by_device.items()
    ]


def done_to(events: Iterable[JsonObject], user_id: str) -> list[Json]:
    """Return what others did to the user."""
    return [
        brief(event)
        for event in events
        if maybe_text(event, "actor", "id") != user_id
        and any(target.get("id") == user_id for target in entries(event, "target"))
    ]


def session_id(event: JsonObject) -> str:
    """Return the id of the session an event belongs to, empty if it belongs to none."""
    found = maybe_text(event, "authenticationContext", "externalSessionId")
    return "" if found in _NO_SESSION else found


def brief(event: JsonObject) -> JsonObject:
    """Return an event in one line: when, what, by whom, from where, with what result."""
    return {
        "at": text(event, "published"),
        "what": text(event, "eventType"),
        "by": maybe_text(event, "actor", "alternateId"),
        "address": maybe_text(event, "client", "ipAddress"),
        "result": maybe_text(event, "outcome", "result"),
        "uuid": maybe_text(event, "uuid"),
    }


def _session(session: str, found: list[JsonObject]) -> JsonObject:
    where = _from_where(found)
    return {
        "session": session,
        "started": any(event["eventType"] == STARTED for event in found),
        "first": text(found[0], "published"),
        "last": text(found[-1], "published"),
        "moved": _several(where, "addresses") and _several(where, "agents"),
        **where,
        "devices": _distinct(
            maybe_text(event, "debugContext", "debugData", "dtHash") for event in found
        ),
        "events": listed(brief(event) for event in found),
    }


def _from_where(found: list[JsonObject]) -> dict[str, Json]:
    return {
        "addresses": _distinct(maybe_text(event, "client", "ipAddress") for event in found),
        "networks": _distinct(maybe_text(event, "securityContext", "asOrg") for event in found),
        "agents": _distinct(
            maybe_text(event, "client", "userAgent", "rawUserAgent") for event in found
        ),
    }


def _several(where: Mapping[str, Json], key: str) -> bool:
    found = at(where, key)
    return isinstance(found, list) and len(found) > 1


def _distinct(texts: Iterable[str]) -> list[Json]:
    return listed(dict.fromkeys(item for item in texts if item))
