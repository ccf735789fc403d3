"""Switch off an application: nobody enters it through Okta, its client gets no tokens."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Readers, parameter
from irkit.actions.okta_switch import Switch, Way
from irkit.actions.shape import at, listed, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Deactivate(Switch):
    """Takes one application from ACTIVE to INACTIVE, and back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.app.deactivate",
        version=1,
        verb=Verb.DO,
        summary="Switch off an application",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        blast=Blast.MANY,
        target="okta.app",
        permissions=Permissions(okta_read=("okta.apps.read",), okta_write=("okta.apps.manage",)),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_ACCESS_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1199", "T1484.002"),
        d3fend=("D3-CR",),
        gotchas=(
            "Everybody loses it at once: for the AWS application this breaks federation for all.",
            "Sessions that were begun in the application live on.",
            "Okta takes away what came through groups and gives it again on activation.",
            "What was changed for single users of a group is lost by that.",
            "Where Okta itself is the intruder's, break the trust on the other side instead.",
        ),
    )
    ways: ClassVar[tuple[Way, ...]] = (
        Way(kind="okta.app", noun="application", path="/api/v1/apps", name=("label",)),
    )

    app: str = parameter("okta.app", "The application: label or Okta id")

    @property
    def item(self) -> str:
        """The id of the application."""
        return self.app

    async def keep(self, readers: Readers, record: Json) -> JsonObject:
        """Keep what it is, and the groups that have it with what they get."""
        groups = await readers.okta.list(f"/api/v1/apps/{text(record, 'id')}/groups")
        return {
            "created": maybe_text(record, "created"),
            "sign_on": maybe_text(record, "signOnMode"),
            "groups": listed(
                {"id": text(group, "id"), "profile": at(group, "profile")} for group in groups
            ),
        }
