"""Ending all of a user's sessions at Okta, and how it is known that they are ended.

Okta has no call that lists a user's sessions. That they are ended is known from the System Log, and
for certain only while the user cannot sign in: then no session can have begun since.
"""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Verdict, Writers
from irkit.actions.okta_events import last_done_by, last_done_to
from irkit.actions.okta_user import see_user, user_target
from irkit.actions.one_way import OneWay
from irkit.actions.shape import text
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339, rfc3339
from irkit.model.change import Change, Target
from irkit.providers.call import CallError, Reply

_CANNOT_SIGN_IN: Final = frozenset({"SUSPENDED", "DEPROVISIONED"})
_BEGAN: Final = "user.session.start"
_ROUNDING: Final = timedelta(seconds=2)
"""`Date` headers have whole seconds; the log has milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut(OneWay):
    """Ends all sessions of one user."""

    aspect: ClassVar[str]
    """The key of the state, and what ends: `sessions`."""
    says: ClassVar[str]
    """The event in which Okta says that it ended them."""

    @property
    @abstractmethod
    def who(self) -> str:
        """The user: Okta id or login."""

    @abstractmethod
    async def left(self, readers: Readers, user: str) -> bool:
        """Say whether the user holds anything that ends with the sessions and can be listed."""

    @abstractmethod
    async def end(self, writers: Writers, user: str) -> Reply:
        """Send the one call that ends them."""

    async def probe(self, readers: Readers) -> Seen:
        """Read the user, when sessions last ended and last began, and what can be listed.

        Of somebody who can sign in the log could not prove anything. It is not asked: Okta answers
        120 questions to it a minute, and many people are signed out at once.
        """
        seen = await see_user(readers, self.who)
        if text(seen, "status") not in _CANNOT_SIGN_IN:
            return {**seen, "ended": "", "began": "", "left": True}  # whatever the log says
        user = text(seen, "id")
        ended, began = await self._told(readers, user)
        return {**seen, "ended": ended, "began": began, "left": await self.left(readers, user)}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """End the sessions, unless none can have begun since they were last ended."""
        target = user_target(seen)
        if self.state(seen, target) == self._state(ended=True):
            return ()
        return (
            Change(
                id="revoke-sessions",
                target=target,
                verb=f"end {self.aspect}",
                before=self._state(ended=False),
                after=self._state(ended=True),
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Say whether sessions may be live."""
        return self._state(ended=_certainly_ended(seen) and not seen["left"])

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user."""
        return (user_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """End the sessions."""
        reply = await self.end(writers, change.target.id)
        at = reply.date or readers.okta.now()
        return Applied(
            outputs={"at": rfc3339(at)}, request_ids=(reply.request_id,), status=reply.status
        )

    async def verify(self, change: Change, applied: Applied, readers: Readers) -> Verdict | None:
        """Look in the System Log for the end, and for a session that began after it."""
        since = parse_rfc3339(text(applied.outputs, "at")) - _ROUNDING
        user = change.target.id
        ended = await last_done_to(readers, user, self.says, since)
        if not ended:
            return Verdict.UNKNOWN
        if await self.left(readers, user):
            return Verdict.NOT
        began = await last_done_by(readers, user, _BEGAN, since)
        return Verdict.NOT if began > ended else Verdict.HOLDS

    def adopt(self, change: Change, seen: Seen) -> Applied:  # noqa: ARG002
        """Return when the log says the sessions ended."""
        return Applied(outputs={"at": text(seen, "ended")})

    async def _told(self, readers: Readers, user: str) -> tuple[str, str]:
        """Return when sessions last ended and last began, as far as the log says so.

        A log that does not answer keeps nobody from ending sessions: they may be live.
        """
        since = readers.okta.now() - timedelta(days=1)
        try:
            return (
                await last_done_to(readers, user, self.says, since),
                await last_done_by(readers, user, _BEGAN, since),
            )
        except CallError:
            return "", ""

    def _state(self, *, ended: bool) -> JsonObject:
        return {self.aspect: "ended" if ended else "may be live"}


def _certainly_ended(seen: Seen) -> bool:
    """Say whether sessions were ended after the user had lost the ability to sign in."""
    ended, since = text(seen, "ended"), text(seen, "status_changed")
    if text(seen, "status") not in _CANNOT_SIGN_IN or not ended or not since:
        return False
    return parse_rfc3339(ended) >= parse_rfc3339(since) and text(seen, "began") < ended
