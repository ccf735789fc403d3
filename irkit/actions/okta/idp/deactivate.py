"""Break one identity provider: nobody signs in through it any more."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Readers, parameter
from irkit.actions.okta_routing import routed_to
from irkit.actions.okta_switch import Switch, Way
from irkit.actions.shape import listed, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb
from irkit.providers.call import CallError

_KEPT = 200
"""So many linked users are named in the plan; `okta.idp.unlink_users` has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deactivate(Switch):
    """Takes one identity provider from ACTIVE to INACTIVE, and back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.idp.deactivate",
        version=1,
        verb=Verb.DO,
        summary="Switch off an identity provider",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="okta.idp",
        permissions=Permissions(
            okta_read=("okta.idps.read", "okta.policies.read"), okta_write=("okta.idps.manage",)
        ),
        cuts=(Kind.OKTA_IDP,),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_ACCESS_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1484.002", "T1556.007"),
        d3fend=("D3-CR",),
        gotchas=(
            "Stops new sign-ins only: end the sessions of everybody who came through it.",
            "Routing rules that lead to it then lead nowhere: what it saved lists them.",
            "Deactivate, do not delete: the object is evidence.",
            "If you sign in through it yourself, keep a second way in first.",
        ),
    )
    ways: ClassVar[tuple[Way, ...]] = (
        Way(kind="okta.idp", noun="identity provider", path="/api/v1/idps"),
    )

    idp: str = parameter("text", "The identity provider's id (0oa…)")

    @property
    def item(self) -> str:
        """The id of the identity provider."""
        return self.idp

    async def keep(self, readers: Readers, record: Json) -> JsonObject:
        """Keep what it is, who is linked to it, and which routing rules lead to it.

        What Okta does not answer is None: it keeps nobody from switching the provider off.
        """
        idp = text(record, "id")
        users = await _or_none(_linked(readers, idp))
        return {
            "type": maybe_text(record, "type"),
            "created": maybe_text(record, "created"),
            "linked": None if users is None else len(users),
            "linked_users": None if users is None else listed(users[:_KEPT]),
            "routing_rules": await _or_none(routed_to(readers, idp)),
        }


async def _linked(readers: Readers, idp: str) -> list[Json]:
    linked = await readers.okta.list(f"/api/v1/idps/{idp}/users", {"limit": "200"})
    return listed(sorted(text(user, "id") for user in linked))


async def _or_none(read: Awaitable[list[Json]]) -> list[Json] | None:
    try:
        return await read
    except CallError:
        return None
