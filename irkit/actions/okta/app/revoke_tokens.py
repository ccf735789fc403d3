"""Revoke the refresh tokens that everybody gave one application."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_apps import APPS, app_target, see_app
from irkit.actions.okta_things import path_of
from irkit.actions.one_way import OneWay
from irkit.actions.shape import entries, listed, maybe_text, text
from irkit.actions.touches import owned, owner_id
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeTokens(OneWay):
    """Empties the list of refresh tokens of one application."""

    spec: ClassVar[Spec] = Spec(
        id="okta.app.revoke_tokens",
        version=1,
        verb=Verb.DO,
        summary="Revoke all refresh tokens of an application",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.SELF_HEALING,
        blast=Blast.MANY,
        target="okta.app_tokens",
        permissions=Permissions(okta_read=("okta.apps.read",), okta_write=("okta.apps.manage",)),
        cuts=(Kind.OKTA_OAUTH_TOKEN,),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_ACCESS_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        ends_sessions=True,
        attack=("T1528",),
        d3fend=("D3-CR",),
        gotchas=(
            "Everybody who uses the application signs in to it again.",
            "Access tokens that were issued live until they expire, at most one hour.",
            "Access tokens that came without a refresh token are not reached at all.",
        ),
    )
    instead: ClassVar[str] = "people sign in to the application and consent again"

    app: str = parameter("okta.app", "The application: label or Okta id")

    async def probe(self, readers: Readers) -> Seen:
        """Read the application's refresh tokens."""
        seen = await see_app(readers, self.app)
        tokens = await readers.okta.list(
            path_of(APPS, text(seen, "id"), "tokens"), {"limit": "200"}
        )
        return {
            **seen,
            "tokens": listed(
                {"id": text(token, "id"), "user": maybe_text(token, "userId")} for token in tokens
            ),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Revoke them, if there are any."""
        if not entries(seen, "tokens"):
            return ()
        return (
            Change(
                id="revoke-tokens",
                target=_target(seen),
                verb="revoke",
                before={"held": True},
                after={"held": False},
                saved={"tokens": seen["tokens"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Say whether any token is held; how many may change by itself."""
        return {"held": bool(entries(seen, "tokens"))}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the application's tokens."""
        return (_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Revoke them all."""
        path = path_of(APPS, owner_id(change.target), "tokens")
        reply = await writers.okta.send("DELETE", path)
        return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(seen: Seen) -> Target:
    app = app_target(seen)
    return owned("okta.app_tokens", app, "tokens", f"refresh tokens of {app.label}")
