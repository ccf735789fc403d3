"""Switch off an event hook or an inline hook."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import parameter
from irkit.actions.okta_switch import Switch, Way
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Deactivate(Switch):
    """Takes one hook from ACTIVE to INACTIVE, and back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.hook.deactivate",
        version=1,
        verb=Verb.DO,
        summary="Switch off a hook",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="okta.inline_hook",
        permissions=Permissions(
            okta_read=("okta.inlineHooks.read", "okta.eventHooks.read"),
            okta_write=("okta.inlineHooks.manage", "okta.eventHooks.manage"),
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1556", "T1546"),
        d3fend=("D3-CR",),
        gotchas=(
            "An inline hook that imports passwords or adds to tokens sees or rewrites credentials.",
            "Whatever depends on the hook goes on without it, or stops.",
            "What the hook was sent before is not called back: rotate it.",
        ),
    )
    ways: ClassVar[tuple[Way, ...]] = (
        Way(kind="okta.inline_hook", noun="hook", path="/api/v1/inlineHooks"),
        Way(kind="okta.event_hook", noun="hook", path="/api/v1/eventHooks"),
    )

    hook: str = parameter("text", "The hook's id (cal…, who…)")

    @property
    def item(self) -> str:
        """The id of the hook."""
        return self.hook
