"""Raise a user's risk level, so that the org's own policies act on it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_user import see_user, user_path, user_target
from irkit.actions.shape import text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_HIGH: Final = "HIGH"
_NONE: Final = "NONE"
_LOW: Final = "LOW"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseRisk(Action):
    """Sets one user's risk to HIGH."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.raise_risk",
        version=1,
        verb=Verb.DO,
        summary="Raise a user's risk level",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        target="okta.user",
        permissions=Permissions(
            okta_read=("okta.users.read", "okta.userRisk.read"),
            okta_write=("okta.userRisk.manage",),
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.OKTA_FACTOR,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(minutes=2),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1078.004",),
        d3fend=("D3-UBA",),
        gotchas=(
            "What follows is up to the org's entity risk policy: it may be nothing.",
            "Needs the licence for Identity Threat Protection; refused with 403 otherwise.",
            "Ending the user's sessions sets the risk back to low.",
            "A user without a level is left with LOW by undo: Okta has no way back to none.",
        ),
    )

    user: str = parameter("okta.user", "The user: Okta id or login")

    async def probe(self, readers: Readers) -> Seen:
        """Read the level."""
        seen = await see_user(readers, self.user)
        reply = await readers.okta.get(user_path(text(seen, "id"), "risk"))
        return {**seen, "risk": text(reply.body, "riskLevel")}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Raise it, unless it is high."""
        if text(seen, "risk") == _HIGH:
            return ()
        return (
            Change(
                id="raise-risk",
                target=user_target(seen),
                verb="raise risk",
                before={"risk_high": False},
                after={"risk_high": True},
                saved={"risk": seen["risk"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Say whether the level is high."""
        return {"risk_high": text(seen, "risk") == _HIGH}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user."""
        return (user_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set the level to HIGH."""
        return await _set(writers, change, _HIGH)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Set the saved level again, LOW where there was none."""
        before = text(change.saved, "risk")
        return await _set(writers, change, _LOW if before == _NONE else before)


async def _set(writers: Writers, change: Change, level: str) -> Applied:
    path = user_path(change.target.id, "risk")
    reply = await writers.okta.send("PUT", path, body={"riskLevel": level})
    return Applied(request_ids=(reply.request_id,), status=reply.status)
