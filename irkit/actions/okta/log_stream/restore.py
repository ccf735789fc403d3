"""Switch a log stream on again: a copy of the System Log that the intruder cannot reach."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import parameter
from irkit.actions.okta_switch import Switch, Way
from irkit.actions.one_way import OneWay
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(OneWay, Switch):
    """Takes one log stream from INACTIVE to ACTIVE; nothing of irkit's switches it off."""

    spec: ClassVar[Spec] = Spec(
        id="okta.log_stream.restore",
        version=1,
        verb=Verb.DO,
        summary="Switch a log stream on again",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.ADDITIVE,
        target="okta.log_stream",
        permissions=Permissions(
            okta_read=("okta.logStreams.read",), okta_write=("okta.logStreams.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(minutes=2),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1685.002",),
        d3fend=("D3-SCP",),
        gotchas=(
            "What happened while it was off is not streamed: export the System Log as well.",
            "Look where it streams to: the intruder may have changed that instead.",
        ),
    )
    ways: ClassVar[tuple[Way, ...]] = (
        Way(
            kind="okta.log_stream",
            noun="log stream",
            path="/api/v1/logStreams",
            start="INACTIVE",
            end="ACTIVE",
            there="activate",
            back="deactivate",
        ),
    )
    instead: ClassVar[str] = "switch it off in the Admin Console when the case is closed"

    stream: str = parameter("text", "The log stream's id (0oa…)")

    @property
    def item(self) -> str:
        """The id of the log stream."""
        return self.stream
