"""Deactivate a user: the end of an account, when containment is over."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_roles import admin_roles, role_state, user_holder
from irkit.actions.okta_user import see_user, user_path, user_target
from irkit.actions.one_way import OneWay
from irkit.actions.shape import listed, maybe_text, text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_GONE: Final = "DEPROVISIONED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deactivate(OneWay):
    """Takes one user to DEPROVISIONED; what applications then delete is lost."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.deactivate",
        version=1,
        verb=Verb.DO,
        summary="Deactivate an Okta user for good",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.DESTRUCTIVE,
        target="okta.user",
        permissions=Permissions(
            okta_read=("okta.users.read", "okta.groups.read", "okta.roles.read"),
            okta_write=("okta.users.manage",),
        ),
        cuts=(Kind.OKTA_SESSION, Kind.OKTA_OAUTH_TOKEN, Kind.OKTA_API_TOKEN, Kind.OKTA_FACTOR),
        does_not_cut=(
            Kind.OKTA_ACCESS_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(minutes=5),
        in_doubt_wait=timedelta(seconds=10),
        before_evidence=True,
        closes_door=True,
        attack=("T1078.004",),
        d3fend=("D3-AL",),
        gotchas=(
            "Never the first step: suspend contains, and can be taken back.",
            "Applications may delete the person's mail and files; nothing brings them back.",
            "Assignments, factors and password are lost; what it saved lists groups and roles.",
            "Okta works on it for a while: the user counts as deactivated when that is over.",
            "Every integration that runs on this user's API tokens stops with it.",
        ),
    )
    instead: ClassVar[str] = "activate the user in the Admin Console and build the account up anew"

    user: str = parameter("okta.user", "The user to deactivate: Okta id or login")

    async def probe(self, readers: Readers) -> Seen:
        """Read the user, and what an account built anew would need."""
        seen = await see_user(readers, self.user)
        user = text(seen, "id")
        groups = await readers.okta.list(user_path(user, "groups"))
        links = await readers.okta.list(user_path(user, "appLinks"))
        roles = await admin_roles(readers, user_holder(user))
        return {
            **seen,
            "had": {
                "groups": listed(sorted(text(group, "id") for group in groups)),
                "apps": listed(sorted(maybe_text(link, "appInstanceId") for link in links)),
                "roles": listed(role_state(role) for role in roles),
            },
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Deactivate, unless that is done."""
        if text(seen, "status") == _GONE:
            return ()
        return (
            Change(
                id="deactivate",
                target=user_target(seen),
                verb="deactivate",
                before={"deactivated": False},
                after={"deactivated": True},
                saved={"status": seen["status"], "had": seen["had"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Say whether the user is deactivated."""
        return {"deactivated": text(seen, "status") == _GONE}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user."""
        return (user_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Deactivate, without a mail to anybody."""
        reply = await writers.okta.send(
            "POST",
            user_path(change.target.id, "lifecycle", "deactivate"),
            query={"sendEmail": "false"},
        )
        return Applied(request_ids=(reply.request_id,), status=reply.status)
