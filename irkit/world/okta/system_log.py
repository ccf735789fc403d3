"""The System Log: an event for every sign-in, change and refusal, as Okta words them.

Plain reads leave no event here, as in the real service; the world's `CallLog` has them. An event
becomes visible `lag` seconds after it happened, because a log that is never late teaches false
confidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from irkit.canonical import JsonObject
from irkit.clock import rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An actor or a target of an event."""

    id: str
    kind: str
    alternate_id: str
    name: str

    def to_json(self) -> JsonObject:
        """Return the JSON that the log shows."""
        return {
            "id": self.id,
            "type": self.kind,
            "alternateId": self.alternate_id,
            "displayName": self.name,
            "detailEntry": None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request came from and what it belongs to."""

    ip: str
    user_agent: str
    request_id: str
    uri: str
    session: str = ""
    device_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event with its place in the log."""

    index: int
    at: datetime
    visible: datetime
    json: JsonObject


@dataclass(slots=True, kw_only=True)
class SystemLog:
    """The entries in the order they happened."""

    lag: timedelta = timedelta()
    entries: list[Entry] = field(default_factory=list)

    def add(self, at: datetime, event: JsonObject) -> None:
        """Append `event`, which happened at `at`."""
        entry = Entry(index=len(self.entries), at=at, visible=at + self.lag, json=event)
        self.entries.append(entry)

    def visible(self, now: datetime) -> Sequence[Entry]:
        """Return what a query at `now` can see."""
        return [entry for entry in self.entries if entry.visible <= now]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is said of one event besides who and where."""

    event_type: str
    message: str
    targets: tuple[Party, ...] = ()
    result: str = "SUCCESS"
    reason: str | None = None
    debug: JsonObject = field(default_factory=dict)


def render(
    happening: Happening, *, uuid: str, at: datetime, actor: Party, origin: Origin
) -> JsonObject:
    """Return the LogEvent JSON of one happening."""
    session = origin.session or None
    return {
        "uuid": uuid,
        "published": rfc3339(at),
        "eventType": happening.event_type,
        "version": "0",
        "severity": "INFO" if happening.result in {"SUCCESS", "ALLOW"} else "WARN",
        "legacyEventType": None,
        "displayMessage": happening.message,
        "actor": actor.to_json(),
        "client": _client(origin),
        "device": None,
        "outcome": {"result": happening.result, "reason": happening.reason},
        "target": [party.to_json() for party in happening.targets] or None,
        "transaction": {"type": "WEB", "id": origin.request_id, "detail": {}},
        "debugContext": {"debugData": _debug(happening, origin)},
        "authenticationContext": {
            "authenticationProvider": None,
            "credentialProvider": None,
            "credentialType": None,
            "issuer": None,
            "interface": None,
            "authenticationStep": 0,
            "externalSessionId": session,
            "rootSessionId": session,
        },
        "securityContext": {
            "asNumber": None,
            "asOrg": None,
            "isp": None,
            "domain": None,
            "isProxy": False,
        },
        "request": {
            "ipChain": [
                {"ip": origin.ip, "geographicalContext": None, "version": "V4", "source": None}
            ]
        },
    }


def _client(origin: Origin) -> JsonObject:
    browser = origin.user_agent.partition("/")[0] or "UNKNOWN"
    return {
        "userAgent": {"rawUserAgent": origin.user_agent, "os": "Unknown", "browser": browser},
        "zone": "null",
        "device": "Computer",
        "id": None,
        "ipAddress": origin.ip,
        "geographicalContext": None,
    }


def _debug(happening: Happening, origin: Origin) -> JsonObject:
    data = {
        "requestId": origin.request_id,
        "requestUri": origin.uri.partition("?")[0],
        "url": origin.uri,
        **happening.debug,
    }
    return data | {"dtHash": origin.device_token} if origin.device_token else data
