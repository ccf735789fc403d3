"""Bind an API token to a network zone: the same token, useless anywhere else."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_api_tokens import TOKENS, see_token, token_target
from irkit.actions.okta_things import fetch, path_of
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entry, listed, maybe_text, text, texts
from irkit.actions.touches import own_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictNetwork(Action):
    """Replaces the networks one token may be used from, and gives the old ones back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.api_token.restrict_network",
        version=1,
        verb=Verb.DO,
        summary="Bind an API token to a network zone",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="okta.api_token",
        permissions=Permissions(
            okta_read=("okta.apiTokens.read", "okta.users.read", "okta.networkZones.read"),
            okta_write=("okta.apiTokens.manage",),
        ),
        does_not_cut=(Kind.OKTA_SESSION, Kind.OKTA_OAUTH_TOKEN, Kind.FEDERATED_ROLE_SESSION),
        visible_within=timedelta(seconds=60),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1550.001",),
        d3fend=("D3-NTF",),
        gotchas=(
            "Not counted as a cut: whoever sits in the zone goes on. Revoke for certainty.",
            "What runs on the token outside the zone stops, and comes back with undo.",
            "A zone with nothing in it may bind nothing: look at what it holds.",
        ),
    )

    token: str = parameter("text", "The id of the token (00T…), as `okta.user.get` lists it")
    zone: str = parameter("text", "The id of the network zone it may be used from (nzo…)")

    async def probe(self, readers: Readers) -> Seen:
        """Read the token's networks, and the zone."""
        seen, record = await see_token(readers, self.token)
        zone = await fetch(readers, "network zone", "/api/v1/zones", self.zone)
        return {
            **seen,
            "network": _network(record),
            "zone_name": maybe_text(zone, "name"),
            "zone_usable": maybe_text(zone, "status") == "ACTIVE"
            and maybe_text(zone, "usage") == "POLICY",
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Bind it, unless it is bound to that zone alone; a zone that blocks binds nothing."""
        goal: JsonObject = {"connection": "ZONE", "include": [self.zone], "exclude": []}
        if seen["network"] == goal:
            return ()
        if not seen["zone_usable"]:
            raise cannot_reach(
                f"zone {text(seen, 'zone_name')} is inactive or a block list",
                "name an active zone of the usage POLICY that holds your own addresses",
            )
        return (
            Change(
                id="restrict",
                target=token_target(seen),
                verb="restrict network",
                before={"network": seen["network"]},
                after={"network": goal},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the networks it may be used from."""
        return {"network": seen["network"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the token."""
        return (token_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set the zone."""
        return await _set(writers, change, entry(change.after, "network"))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Set the networks it had."""
        return await _set(writers, change, entry(change.before, "network"))


def _network(record: Json) -> JsonObject:
    return {
        "connection": maybe_text(record, "network", "connection") or "ANYWHERE",
        "include": listed(texts(record, "network", "include")),
        "exclude": listed(texts(record, "network", "exclude")),
    }


async def _set(writers: Writers, change: Change, network: JsonObject) -> Applied:
    lists = {key: value for key, value in network.items() if value}
    path = path_of(TOKENS, own_id(change.target))
    reply = await writers.okta.send("PUT", path, body={"network": lists})
    return Applied(request_ids=(reply.request_id,), status=reply.status)
