"""Suspend a user: no new sign-in, all assignments kept."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_user import see_user, user_path, user_target
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend(Action):
    """Takes one user from ACTIVE to SUSPENDED, and back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.suspend",
        version=1,
        verb=Verb.DO,
        summary="Suspend an Okta user",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        target="okta.user",
        permissions=Permissions(okta_read=("okta.users.read",), okta_write=("okta.users.manage",)),
        cuts=(Kind.OKTA_API_TOKEN,),
        does_not_cut=(
            Kind.OKTA_IDP,
            Kind.OKTA_ACCESS_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        closes_door=True,
        attack=("T1078.004", "T1531"),
        d3fend=("D3-AL",),
        gotchas=(
            "Every integration that runs on this user's API tokens stops with it.",
            "Okta sessions and refresh tokens only sleep: end them, or they live again on release.",
            "So does a factor of the intruder's: take it away before the user is released.",
            "Sessions of applications behind Okta, AWS among them, live on.",
            "Only an ACTIVE user can be suspended.",
            "A user from Active Directory must be disabled there as well.",
        ),
    )

    user: str = parameter("okta.user", "The user to suspend: Okta id or login")

    async def probe(self, readers: Readers) -> Seen:
        """Read the user's status."""
        return await see_user(readers, self.user)

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Suspend an active user; one that cannot sign in anyway is left alone."""
        match text(seen, "status"):
            case "SUSPENDED" | "DEPROVISIONED":
                return ()
            case "ACTIVE":
                return (
                    Change(
                        id="suspend",
                        target=user_target(seen),
                        verb="suspend",
                        before={"status": "ACTIVE"},
                        after={"status": "SUSPENDED"},
                    ),
                )
            case status:
                raise cannot_reach(
                    f"Okta does not suspend {text(seen, 'login')}, who is {status}",
                    "unlock or activate the user first, or deactivate by hand",
                )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the status."""
        return {"status": text(seen, "status")}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user."""
        return (user_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Suspend."""
        path = user_path(change.target.id, "lifecycle", "suspend")
        reply = await writers.okta.send("POST", path)
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Unsuspend."""
        path = user_path(change.target.id, "lifecycle", "unsuspend")
        reply = await writers.okta.send("POST", path)
        return Applied(request_ids=(reply.request_id,), status=reply.status)
