"""End a user's Okta sessions, and on request the OAuth tokens made from them.

Okta has no call that lists a user's sessions. That they are ended is known from the System Log, and
for certain only while the user cannot sign in: then no session can have begun since the clearing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Verdict, Writers, parameter
from irkit.actions.okta_user import holds_tokens, see_user, user_path, user_target
from irkit.actions.one_way import OneWay
from irkit.actions.shape import at, text
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339, rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_CANNOT_SIGN_IN: Final = frozenset({"SUSPENDED", "DEPROVISIONED"})
_CLEARED: Final = "user.session.clear"
_BEGAN: Final = "user.session.start"
_ROUNDING: Final = timedelta(seconds=2)
"""`Date` headers have whole seconds; the log has milliseconds."""

_MAY_BE_LIVE: Final[JsonObject] = {"sessions": "may be live"}
_ENDED: Final[JsonObject] = {"sessions": "ended"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeSessions(OneWay):
    """Clears all sessions of one user."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.revoke_sessions",
        version=1,
        verb=Verb.DO,
        summary="End all Okta sessions of a user",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.SELF_HEALING,
        target="okta.user",
        permissions=Permissions(
            okta_read=("okta.users.read", "okta.logs.read"), okta_write=("okta.users.manage",)
        ),
        cuts=(Kind.OKTA_SESSION, Kind.OKTA_OAUTH_TOKEN),
        does_not_cut=(
            Kind.OKTA_ACCESS_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.OKTA_FACTOR,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=60),
        in_doubt_wait=timedelta(seconds=5),
        ends_sessions=True,
        attack=("T1539", "T1550.004"),
        d3fend=("D3-ST",),
        gotchas=(
            "Suspend first: otherwise the intruder signs in again.",
            "Sessions of applications behind Okta, AWS among them, live on.",
            "With `oauth_tokens: false` OAuth refresh tokens live on.",
            "OAuth access tokens already issued live until they expire.",
            "API tokens are not revoked.",
        ),
    )

    instead: ClassVar[str] = "the user signs in again; no undo is needed"

    user: str = parameter("okta.user", "The user whose sessions end: Okta id or login")
    oauth_tokens: bool = parameter("bool", "Also revoke OAuth refresh tokens", default=True)

    async def probe(self, readers: Readers) -> Seen:
        """Read the user, the last clearing and the last beginning of a session, and tokens."""
        seen = await see_user(readers, self.user)
        user = text(seen, "id")
        since = readers.okta.now() - timedelta(days=1)
        return {
            **seen,
            "cleared": await _last(readers, f'target.id eq "{user}"', _CLEARED, since),
            "began": await _last(readers, f'actor.id eq "{user}"', _BEGAN, since),
            "tokens": self.oauth_tokens and await holds_tokens(readers, user),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """End the sessions, unless none can have begun since they were last ended."""
        target = user_target(seen)
        if self.state(seen, target) == _ENDED:
            return ()
        return (
            Change(
                id="revoke-sessions",
                target=target,
                verb="end sessions",
                before=_MAY_BE_LIVE,
                after=_ENDED,
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Say whether sessions may be live."""
        return _ENDED if _certainly_ended(seen) and not seen["tokens"] else _MAY_BE_LIVE

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user."""
        return (user_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Clear the sessions."""
        reply = await writers.okta.send(
            "DELETE",
            user_path(change.target.id, "sessions"),
            query={"oauthTokens": "true"} if self.oauth_tokens else None,
        )
        at_ = reply.date or readers.okta.now()
        return Applied(
            outputs={"at": rfc3339(at_)}, request_ids=(reply.request_id,), status=reply.status
        )

    async def verify(self, change: Change, applied: Applied, readers: Readers) -> Verdict | None:
        """Look in the System Log for the clearing, and for a session that began after it."""
        since = parse_rfc3339(text(applied.outputs, "at")) - _ROUNDING
        user = change.target.id
        cleared = await _last(readers, f'target.id eq "{user}"', _CLEARED, since)
        if not cleared:
            return Verdict.UNKNOWN
        if self.oauth_tokens and await holds_tokens(readers, user):
            return Verdict.NOT
        began = await _last(readers, f'actor.id eq "{user}"', _BEGAN, since)
        return Verdict.NOT if began > cleared else Verdict.HOLDS

    def adopt(self, change: Change, seen: Seen) -> Applied:  # noqa: ARG002
        """Return when the log says the sessions were cleared."""
        return Applied(outputs={"at": text(seen, "cleared")})


def _certainly_ended(seen: Seen) -> bool:
    """Say whether sessions were cleared after the user had lost the ability to sign in."""
    cleared, since = text(seen, "cleared"), text(seen, "status_changed")
    if text(seen, "status") not in _CANNOT_SIGN_IN or not cleared or not since:
        return False
    return parse_rfc3339(cleared) >= parse_rfc3339(since) and text(seen, "began") < cleared


async def _last(readers: Readers, who: str, event: str, since: datetime) -> str:
    """Return when `event` was last logged with success, empty if it was not."""
    found = await readers.okta.list(
        "/api/v1/logs",
        {
            "since": rfc3339(since),
            "until": rfc3339(readers.okta.now() + timedelta(minutes=1)),
            "filter": f'eventType eq "{event}" and {who}',
            "limit": "1000",
        },
    )
    good = [text(item, "published") for item in found if at(item, "outcome", "result") == "SUCCESS"]
    return max(good, default="")
