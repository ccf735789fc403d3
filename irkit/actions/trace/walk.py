"""Following one session through everything it led to: other roles, other accounts, new keys.

The search goes from credential to credential. What a session may do, its children may do as well,
so that children's acts count as its own. A child in an account that is not pinned is a gap. What is
done in the console is not under the session's credential: it is found by the session's name.
"""

from dataclasses import dataclass, field
from typing import Final

from irkit.actions.cloudtrail import History
from irkit.actions.shape import listed, maybe_text, text
from irkit.actions.trace.events import (
    instances_of,
    key_of,
    session_of,
    succeeded,
    user_of,
    user_session_of,
)
from irkit.actions.trace.harm import Harm, harm_of, harm_to_json
from irkit.canonical import Json, JsonObject

FOUND: Final[JsonObject] = {
    "chained_roles": {"type": "array", "items": {"type": "string"}},
    "chained": {"type": "array"},
    "user_sessions": {"type": "array"},
    "keys_created": {"type": "array"},
    "users_created": {"type": "array", "items": {"type": "string"}},
    "instances_started": {"type": "array", "items": {"type": "string"}},
    "capacity_made": {"type": "array"},
    "secrets_read": {"type": "array"},
    "kms_keys": {"type": "array"},
    "buckets_changed": {"type": "array"},
    "snapshots_shared": {"type": "array"},
}
"""JSON Schema of what `Findings.to_json` returns."""


@dataclass(slots=True, kw_only=True)
class Findings:
    """What came of one session, and the events that say so."""

    chained: list[JsonObject] = field(default_factory=list)
    user_sessions: list[JsonObject] = field(default_factory=list)
    keys_created: list[JsonObject] = field(default_factory=list)
    users_created: list[str] = field(default_factory=list)
    instances_started: list[str] = field(default_factory=list)
    harm: list[Harm] = field(default_factory=list)
    events: list[JsonObject] = field(default_factory=list)

    def take(self, other: "Findings") -> None:
        """Join what came of another session."""
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))

    def to_json(self) -> dict[str, Json]:
        """Return the findings, each thing once."""
        roles = sorted({text(item, "role") for item in self.chained})
        return {
            "chained_roles": listed(roles),
            "chained": listed(self.chained),
            "user_sessions": listed(self.user_sessions),
            "keys_created": listed(self.keys_created),
            "users_created": listed(sorted(set(self.users_created))),
            "instances_started": listed(sorted(set(self.instances_started))),
            **harm_to_json(self.harm),
        }


async def follow(
    history: History, account: str, seat: str, session: "JsonObject | None" = None
) -> Findings:
    """Return everything that came of the credential `seat` of `account`.

    `session` is what is known of it where it is a role's session: the console acts for those with
    credentials of its own, which the log shows under the session's name alone.
    """
    findings = Findings()
    pinned = frozenset(history.readers.aws.accounts())
    open_ = [_Open(account=account, seat=seat, session=session)]
    seen: set[str] = set()
    while open_:
        this = open_.pop()
        if this.seat in seen:
            continue
        seen.add(this.seat)
        if this.account not in pinned:
            history.gaps.append(
                f"{this.account}: {this.seat} acts there, and it is not a pinned account"
            )
            continue
        acts = await history.look_up(this.account, "AccessKeyId", this.seat)
        for event in (*acts, *await _by_console(history, this)):
            if text(event, "eventID") not in seen:
                seen.add(text(event, "eventID"))
                findings.events.append(event)
                open_ += _take(findings, event)
    return findings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A credential that is to be followed; `session` says of a role's whose it is and when."""

    account: str
    seat: str
    session: "JsonObject | None" = None


async def _by_console(history: History, this: _Open) -> tuple[JsonObject, ...]:
    """Return what the console did for a role's session."""
    session = this.session
    if session is None or "role_id" not in session:
        return ()
    principal = f"{text(session, 'role_id')}:{text(session, 'name')}"
    began, ends = text(session, "started_at"), text(session, "expires_at") or "9999"
    return tuple(
        event
        for event in await history.look_up(this.account, "Username", text(session, "name"))
        if maybe_text(event, "sessionCredentialFromConsole") == "true"
        and maybe_text(event, "userIdentity", "principalId") == principal
        and began <= text(event, "eventTime") <= ends
    )


def _take(findings: Findings, event: JsonObject) -> list[_Open]:
    """Note what one event led to; return the credentials that it issued."""
    if not succeeded(event):
        return []
    findings.instances_started += instances_of(event)
    findings.harm += harm_of(event)
    if user := user_of(event):
        findings.users_created.append(user)
    if session := session_of(event):
        findings.chained.append(session)
        return [
            _Open(account=text(session, "account"), seat=text(session, "seat"), session=session)
        ]
    if session := user_session_of(event):
        findings.user_sessions.append(session)
        return [_Open(account=text(session, "account"), seat=text(session, "seat"))]
    if key := key_of(event):
        findings.keys_created.append(key)
        return [_Open(account=text(event, "recipientAccountId"), seat=text(key, "id"))]
    return []
