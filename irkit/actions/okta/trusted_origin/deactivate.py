"""Switch off a trusted origin: its pages may no longer call Okta for a user."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import parameter
from irkit.actions.okta_switch import Switch, Way
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Deactivate(Switch):
    """Takes one origin from ACTIVE to INACTIVE, and back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.trusted_origin.deactivate",
        version=1,
        verb=Verb.DO,
        summary="Switch off a trusted origin",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="okta.trusted_origin",
        permissions=Permissions(
            okta_read=("okta.trustedOrigins.read",), okta_write=("okta.trustedOrigins.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1550.004",),
        d3fend=("D3-NTF",),
        gotchas=("Sign-in pages of your own that are served from the origin stop working.",),
    )
    ways: ClassVar[tuple[Way, ...]] = (
        Way(kind="okta.trusted_origin", noun="trusted origin", path="/api/v1/trustedOrigins"),
    )

    origin: str = parameter("text", "The trusted origin's id (tos…)")

    @property
    def item(self) -> str:
        """The id of the trusted origin."""
        return self.origin
