"""Remove one enrolled factor: the one the intruder added, not the user's own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_user import (
    require_shut_out,
    see_factors,
    see_user,
    unenrol,
    user_target,
)
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import no_such
from irkit.actions.shape import entries, text
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFactor(OneWay):
    """Unenrols one factor of one user."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.remove_factor",
        version=1,
        verb=Verb.DO,
        summary="Remove one factor of a user",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        target="okta.factor",
        permissions=Permissions(okta_read=("okta.users.read",), okta_write=("okta.users.manage",)),
        cuts=(Kind.OKTA_FACTOR,),
        does_not_cut=(Kind.OKTA_SESSION, Kind.OKTA_OAUTH_TOKEN, Kind.FEDERATED_ROLE_SESSION),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        before_evidence=True,
        attack=("T1556.006", "T1098.005"),
        d3fend=("D3-CR",),
        gotchas=(
            "A number that recovers a forgotten password as well does so no longer.",
            "Removing a push factor also removes the code and signature factors of that device.",
            "The last one goes only while the user is suspended: who has the password would enrol.",
            "The list shows what the policy allows the asking administrator to see.",
        ),
    )

    instead: ClassVar[str] = "the user enrols the factor again after being identified"

    user: str = parameter("okta.user", "The user: Okta id or login")
    factor: str = parameter("text", "The id of the factor, as `okta.user.get` lists it")

    async def probe(self, readers: Readers) -> Seen:
        """Read the user's factors."""
        seen = await see_user(readers, self.user)
        return {**seen, "factors": await see_factors(readers, text(seen, "id"))}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Remove it; a factor that is not there may be a wrong id, so that is an error."""
        found = next((f for f in entries(seen, "factors") if f["id"] == self.factor), None)
        if found is None:
            raise no_such(
                f"factor of {text(seen, 'login')}",
                self.factor,
                "it was removed already, or the id is wrong: read `okta.user.get`",
            )
        return (
            Change(
                id="remove-factor",
                target=self._target(seen, found),
                verb="remove",
                before={"enrolled": True},
                after={"enrolled": False},
                saved=found,
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Say whether the factor is enrolled."""
        ids = {item["id"] for item in entries(seen, "factors")}
        return {"enrolled": own_id(target) in ids}

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Unenrol; the last one only of somebody who cannot sign in meanwhile."""
        target = change.target
        owner = owner_id(target)
        enrolled = {text(item, "id") for item in await see_factors(readers, owner)}
        if enrolled == {own_id(target)}:
            await require_shut_out(readers, owner)
        kind = text(change.saved, "type")
        reply = await unenrol(writers, owner, own_id(target), kind)
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    def _target(self, seen: Seen, factor: JsonObject) -> Target:
        user = user_target(seen)
        label = f"{text(factor, 'type')} of {user.label}"
        return owned("okta.factor", user, self.factor, label)
