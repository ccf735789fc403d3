"""Switch off a group rule: nobody else is put into its groups."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import parameter
from irkit.actions.okta_switch import Switch, Way
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Deactivate(Switch):
    """Takes one rule from ACTIVE to INACTIVE, and back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.group_rule.deactivate",
        version=1,
        verb=Verb.DO,
        summary="Switch off a group rule",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="okta.group_rule",
        permissions=Permissions(
            okta_read=("okta.groups.read",), okta_write=("okta.groups.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=120),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1098.003",),
        d3fend=("D3-AL",),
        gotchas=(
            "Whom the rule put into its groups stays there: take them out as well.",
            "Undo evaluates the rule anew: whoever matches by then joins the groups.",
        ),
    )
    ways: ClassVar[tuple[Way, ...]] = (
        Way(kind="okta.group_rule", noun="group rule", path="/api/v1/groups/rules"),
    )

    rule: str = parameter("text", "The group rule's id (0pr…)")

    @property
    def item(self) -> str:
        """The id of the rule."""
        return self.rule
