"""Remove every factor of a user: for when it is not known which are the intruder's."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.absent import OKTA, or_none
from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_user import (
    is_number,
    require_shut_out,
    see_factors,
    see_user,
    unenrol,
    user_path,
    user_target,
)
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entries, text
from irkit.actions.touches import owned, owner_id
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetFactors(OneWay):
    """Unenrols all factors of one user."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.reset_factors",
        version=1,
        verb=Verb.DO,
        summary="Remove all factors of a user",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        target="okta.factors",
        permissions=Permissions(okta_read=("okta.users.read",), okta_write=("okta.users.manage",)),
        cuts=(Kind.OKTA_FACTOR,),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        before_evidence=True,
        attack=("T1556.006", "T1621"),
        d3fend=("D3-CR",),
        gotchas=(
            "Refused unless the user is suspended: whoever holds the password would enrol another.",
            "Intruders ask help desks for exactly this: know whom you do it for.",
            "The list shows what the policy allows the asking administrator to see.",
            "Numbers go first, out of the recovery of passwords too: Okta leaves them there.",
            "Devices stay registered: suspend the intruder's as well.",
        ),
    )
    instead: ClassVar[str] = "the user enrols factors again after being identified"

    user: str = parameter("okta.user", "The user: Okta id or login")

    async def probe(self, readers: Readers) -> Seen:
        """Read the user's factors."""
        seen = await see_user(readers, self.user)
        return {**seen, "factors": await see_factors(readers, text(seen, "id"))}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Remove them all, if there are any."""
        if not entries(seen, "factors"):
            return ()
        if text(seen, "status") in {"STAGED", "DEPROVISIONED"}:
            raise cannot_reach(
                f"Okta does not reset factors of {text(seen, 'login')}, who is {seen['status']}",
                "nothing is needed: nobody signs in as a user in this status",
            )
        return (
            Change(
                id="reset-factors",
                target=_target(seen),
                verb="reset",
                before={"enrolled": True},
                after={"enrolled": False},
                saved={"factors": seen["factors"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Say whether any factor is enrolled."""
        return {"enrolled": bool(entries(seen, "factors"))}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user's factors."""
        return (_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Remove numbers one by one, because they also recover a password, then all the rest."""
        user = owner_id(change.target)
        await require_shut_out(readers, user)
        for factor in entries(change.saved, "factors"):
            kind = text(factor, "type")
            if is_number(kind):
                await or_none(unenrol(writers, user, text(factor, "id"), kind), OKTA)
        reply = await writers.okta.send("POST", user_path(user, "lifecycle", "reset_factors"))
        return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(seen: Seen) -> Target:
    user = user_target(seen)
    return owned("okta.factors", user, "factors", f"all factors of {user.label}")
