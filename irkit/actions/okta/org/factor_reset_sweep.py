"""Whose password or factors changed: what an intruder with support's rights leaves behind."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_log import any_of, read_log
from irkit.actions.okta_sessions import brief
from irkit.actions.shape import entries, listed, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb

CHANGES: Final = (
    "user.account.expire_password",
    "user.account.reset_password",
    "user.account.update_password",
    "user.mfa.factor.activate",
    "user.mfa.factor.deactivate",
    "user.mfa.factor.reset_all",
    "user.mfa.factor.update",
)
"""The events in which somebody gets, or loses, the means to sign in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResetSweep(Read):
    """Returns each user whose means to sign in changed, with by whom and when."""

    spec: ClassVar[Spec] = Spec(
        id="okta.org.factor_reset_sweep",
        version=1,
        verb=Verb.READ,
        summary="Whose password or factors changed",
        needs=("okta",),
        permissions=Permissions(okta_read=("okta.logs.read",)),
        reveals=(Kind.OKTA_FACTOR,),
        attack=("T1556.006",),
        d3fend=("D3-UBA",),
        gotchas=(
            "Go back to the day the intruder came in, not to the day it was noticed.",
            "`by_others` is what an administrator, the help desk or support did to somebody.",
            "Okta keeps its log for 90 days; events may be logged some minutes late.",
        ),
        result={
            "type": "object",
            "properties": {
                "users": {"type": "array", "items": {"type": "object"}},
                "by_others": {"type": "array", "items": {"type": "string"}},
                "events": {"type": "integer"},
            },
        },
    )

    since: str = parameter("time", "From when", default="7 days ago")
    until: str = parameter("time", "To when; empty for the present moment", default="")
    limit: int = parameter("int", "At most so many events", default=10_000)

    async def read(self, readers: Readers) -> Answer:
        """Read the changes and sort them by user."""
        found = await read_log(
            readers, any_of(CHANGES), since=self.since, until=self.until, limit=self.limit
        )
        users = _by_user(found.events)
        return Answer(
            value={
                "users": listed(users),
                "by_others": [user["id"] for user in users if user["by_others"]],
                "events": len(found.events),
            },
            raw=listed(found.events),
            complete=found.complete,
            gaps=found.gaps,
            request_ids=found.request_ids,
            observed_through=found.through,
        )


def _by_user(events: Iterable[JsonObject]) -> list[JsonObject]:
    """Return the users in the order of their logins, each with what happened to them."""
    found: dict[str, tuple[str, list[JsonObject]]] = {}
    for event in events:
        for target in entries(event, "target"):
            if maybe_text(target, "type") == "User":
                _, seen = found.setdefault(text(target, "id"), (_login(target), []))
                seen.append(event)
    ordered = sorted(found.items(), key=lambda item: item[1][0])
    return [_user(user, login, seen) for user, (login, seen) in ordered]


def _user(user: str, login: str, seen: list[JsonObject]) -> JsonObject:
    by = listed(dict.fromkeys(maybe_text(event, "actor", "alternateId") for event in seen))
    changes: list[Json] = listed(brief(event) for event in seen)
    return {
        "id": user,
        "login": login,
        "last": text(seen[-1], "published"),
        "by": by,
        "by_others": any(maybe_text(event, "actor", "id") != user for event in seen),
        "changes": changes,
    }


def _login(target: JsonObject) -> str:
    return maybe_text(target, "alternateId") or text(target, "id")
