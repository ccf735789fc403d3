"""Revoke one Okta API token for good."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import quote

from irkit.actions.absent import OKTA, or_none
from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_user import fetch_user
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import no_such
from irkit.actions.shape import maybe_text, text
from irkit.actions.touches import own_id, owned
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke(OneWay):
    """Deletes one token; whoever ran on it needs a new one."""

    spec: ClassVar[Spec] = Spec(
        id="okta.api_token.revoke",
        version=1,
        verb=Verb.DO,
        summary="Revoke an Okta API token",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.DESTRUCTIVE,
        target="okta.api_token",
        permissions=Permissions(
            okta_read=("okta.apiTokens.read", "okta.users.read"),
            okta_write=("okta.apiTokens.manage",),
        ),
        cuts=(Kind.OKTA_API_TOKEN,),
        does_not_cut=(Kind.OKTA_SESSION, Kind.OKTA_OAUTH_TOKEN, Kind.FEDERATED_ROLE_SESSION),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1550.001", "T1098.001"),
        d3fend=("D3-CR",),
        gotchas=(
            "The integration that uses the token stops; its owner has to make a new one.",
            "Tokens of directory agents are listed too: revoking one stops the synchronisation.",
        ),
    )

    instead: ClassVar[str] = "the integration's owner creates a new token"

    token: str = parameter("text", "The id of the token (00T…), as `okta.user.get` lists it")

    async def probe(self, readers: Readers) -> Seen:
        """Read the token's record and its owner."""
        path = f"/api/v1/api-tokens/{quote(self.token, safe='')}"
        reply = await or_none(readers.okta.get(path), OKTA)
        if reply is None:
            return {"tenant": readers.okta.tenant, "exists": False}
        owner = text(reply.body, "userId")
        record = await fetch_user(readers, owner)
        return {
            "tenant": readers.okta.tenant,
            "exists": True,
            "owner": owner,
            "login": text(record, "profile", "login"),
            "name": maybe_text(reply.body, "name"),
            "created": maybe_text(reply.body, "created"),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Revoke it; a token that is not there may be a wrong id, so that is an error."""
        if not seen["exists"]:
            raise no_such(
                "Okta API token", self.token, "it was revoked already, or the id is wrong: look"
            )
        return (
            Change(
                id="revoke",
                target=_target(self.token, seen),
                verb="revoke",
                before={"exists": True},
                after={"exists": False},
                saved={"name": seen["name"], "created": seen["created"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Say whether the token exists."""
        return {"exists": seen["exists"]}

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Revoke."""
        path = f"/api/v1/api-tokens/{quote(own_id(change.target), safe='')}"
        reply = await writers.okta.send("DELETE", path)
        return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(token: str, seen: Seen) -> Target:
    login = text(seen, "login")
    owner = Target(
        kind="okta.user", tenant=text(seen, "tenant"), id=text(seen, "owner"), label=login
    )
    return owned("okta.api_token", owner, token, f"token {text(seen, 'name')} of {login}")
