"""Suspend a registered device: nothing on it passes for its users."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Readers, parameter
from irkit.actions.okta_switch import Switch, Way
from irkit.actions.shape import listed, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend(Switch):
    """Takes one device from ACTIVE to SUSPENDED, and back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.device.suspend",
        version=1,
        verb=Verb.DO,
        summary="Suspend a device",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        target="okta.device",
        permissions=Permissions(
            okta_read=("okta.devices.read",), okta_write=("okta.devices.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1098.005",),
        d3fend=("D3-AL",),
        gotchas=(
            "A device may have several users: what it saved lists them.",
            "Deactivating would delete its factors and certificates; suspending keeps them.",
            "Okta sessions that were begun on it live on.",
        ),
    )
    ways: ClassVar[tuple[Way, ...]] = (
        Way(
            kind="okta.device",
            noun="device",
            path="/api/v1/devices",
            end="SUSPENDED",
            there="suspend",
            back="unsuspend",
            enough=("DEACTIVATED",),
            name=("profile", "displayName"),
        ),
    )

    device: str = parameter("text", "The device's id (guo…)")

    @property
    def item(self) -> str:
        """The id of the device."""
        return self.device

    async def keep(self, readers: Readers, record: Json) -> JsonObject:
        """Keep what it is and whose it is."""
        users = await readers.okta.list(f"/api/v1/devices/{text(record, 'id')}/users")
        return {
            "created": maybe_text(record, "created"),
            "platform": maybe_text(record, "profile", "platform"),
            "users": listed(sorted(text(item, "user", "profile", "login") for item in users)),
        }
