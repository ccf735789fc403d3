"""Make a user's password worthless: whoever knows it cannot sign in with it, or change it.

Okta's plain expiry lets the next one who signs in choose the password, and that may be the
intruder. This resets it instead: the old one is dead at once, and a new one takes a link that the
help desk gives out when it knows whom it is talking to.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_user import fetch_user, seen_user, user_path, user_target
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import maybe_text, text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_RESET: Final = "RECOVERY"
_CAN_BE_RESET: Final = frozenset({"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "PROVISIONED"})
_NO_PASSWORD_HERE: Final = frozenset({"ACTIVE_DIRECTORY", "LDAP", "FEDERATION", "SOCIAL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpirePassword(OneWay):
    """Takes one user to RECOVERY and ends the sessions."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.expire_password",
        version=1,
        verb=Verb.DO,
        summary="Make a user's password worthless",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        target="okta.user",
        permissions=Permissions(okta_read=("okta.users.read",), okta_write=("okta.users.manage",)),
        cuts=(Kind.OKTA_SESSION,),
        does_not_cut=(
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_ACCESS_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.OKTA_IDP,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        closes_door=True,
        ends_sessions=True,
        attack=("T1078.004", "T1098"),
        d3fend=("D3-CRO",),
        gotchas=(
            "Resets, not expires: whoever knows an expired password may choose the next one.",
            "Nobody gets a link: the help desk makes one once it knows whom it is talking to.",
            "For many users at once; one who is suspended is safe already and is refused.",
            "Enrolled factors stay, the intruder's as well.",
            "Refresh tokens and API tokens live on: to Okta the user is still an active one.",
        ),
    )
    instead: ClassVar[str] = (
        "the help desk gives the user a reset link and a new password is chosen"
    )

    user: str = parameter("okta.user", "The user: Okta id or login")

    async def probe(self, readers: Readers) -> Seen:
        """Read the status, and who keeps the password."""
        record = await fetch_user(readers, self.user)
        return {
            **seen_user(readers, record),
            "provider": maybe_text(record, "credentials", "provider", "type"),
            "password_changed": maybe_text(record, "passwordChanged"),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Reset the password; where Okta has none, the place that has it is named."""
        login, status, provider = (text(seen, key) for key in ("login", "status", "provider"))
        if status in {_RESET, "DEPROVISIONED"}:
            return ()
        if provider in _NO_PASSWORD_HERE:
            raise cannot_reach(
                f"the password of {login} is not kept at Okta but by {provider}",
                "change it there; `okta.user.suspend` stops the sign-in here",
            )
        if status not in _CAN_BE_RESET:
            raise cannot_reach(
                f"Okta does not reset the password of {login}, who is {status}",
                "reset it when the user is released: nobody signs in until then",
            )
        return (
            Change(
                id="reset-password",
                target=user_target(seen),
                verb="reset password",
                before={"password": "valid"},
                after={"password": "reset"},
                saved={"status": status, "password_changed": seen["password_changed"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Say whether the password opens anything."""
        return {"password": "reset" if text(seen, "status") == _RESET else "valid"}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user."""
        return (user_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Reset; the link that Okta answers with is a secret and is dropped."""
        reply = await writers.okta.send(
            "POST",
            user_path(change.target.id, "lifecycle", "reset_password"),
            query={"sendEmail": "false", "revokeSessions": "true"},
        )
        return Applied(request_ids=(reply.request_id,), status=reply.status)
