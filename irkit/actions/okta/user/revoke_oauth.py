"""Revoke a user's OAuth refresh tokens and consents, client by client."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_user import refresh_tokens, see_user, user_path, user_target
from irkit.actions.one_way import OneWay
from irkit.actions.shape import entries, maybe_text, text, texts
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeOauth(OneWay):
    """Empties a user's lists of refresh tokens and of grants."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.revoke_oauth",
        version=1,
        verb=Verb.DO,
        summary="Revoke a user's OAuth tokens and consents",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.SELF_HEALING,
        target="okta.user_client",
        permissions=Permissions(okta_read=("okta.users.read",), okta_write=("okta.users.manage",)),
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
        attack=("T1528", "T1550.001"),
        d3fend=("D3-CR",),
        gotchas=(
            "Covers the org's own authorization server; custom ones list their tokens apart.",
            "Access tokens already issued live until they expire, at most one hour.",
        ),
    )

    instead: ClassVar[str] = "the user signs in to the application and consents again"

    user: str = parameter("okta.user", "The user whose tokens are revoked: Okta id or login")

    async def probe(self, readers: Readers) -> Seen:
        """Read clients, their refresh tokens, and grants."""
        seen = await see_user(readers, self.user)
        user = text(seen, "id")
        clients = await refresh_tokens(readers, user)
        grants = await readers.okta.list(user_path(user, "grants"))
        return {**seen, "clients": clients, "grants": [text(grant, "id") for grant in grants]}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """One change for each client that holds tokens, one for the grants."""
        found = [(target, ids) for target, ids in _held(seen) if ids]
        return tuple(
            Change(
                id=f"revoke-{own_id(target)}",
                target=target,
                verb="revoke",
                before={"held": True},
                after={"held": False},
                saved={"ids": list(ids)},
            )
            for target, ids in found
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Say whether anything is held; how much may change by itself."""
        return {"held": any(ids for held, ids in _held(seen) if held.key == target.key)}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user and what they hold."""
        return (user_target(seen), *(target for target, _ in _held(seen)))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Revoke one client's tokens, or all grants."""
        target = change.target
        user = owner_id(target)
        if target.kind == "okta.grants":
            path = user_path(user, "grants")
        else:
            path = user_path(user, "clients", own_id(target), "tokens")
        reply = await writers.okta.send("DELETE", path)
        return Applied(request_ids=(reply.request_id,), status=reply.status)


def _held(seen: JsonObject) -> tuple[tuple[Target, tuple[str, ...]], ...]:
    user = user_target(seen)
    grants = owned("okta.grants", user, "grants", f"consents of {user.label}")
    return (
        *(
            (
                owned(
                    "okta.user_client",
                    user,
                    text(client, "id"),
                    f"{maybe_text(client, 'name') or text(client, 'id')} for {user.label}",
                ),
                texts(client, "tokens"),
            )
            for client in entries(seen, "clients")
        ),
        (grants, texts(seen, "grants")),
    )
