"""Take an MFA device off an IAM user: one that the intruder enrolled."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.aws_calls import all_of, sent
from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.iam_principal import see_user, user_target
from irkit.actions.iam_user_action import UserAction
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import no_such
from irkit.actions.shape import entries, listed, maybe_text, text
from irkit.actions.touches import owned
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMfa(OneWay, UserAction):
    """Deactivates one device."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_user.remove_mfa",
        version=1,
        verb=Verb.DO,
        summary="Take an MFA device off an IAM user",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        target="aws.mfa_device",
        permissions=Permissions(
            iam_read=("iam:GetUser", "iam:ListMFADevices"), iam_write=("iam:DeactivateMFADevice",)
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.GET_SESSION_TOKEN, Kind.CONSOLE_SESSION),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        attack=("T1556.006", "T1098.005"),
        d3fend=("D3-CR",),
        gotchas=(
            "Remove only what was enrolled during the incident, not the user's own device.",
            "Quarantine the user first, or the intruder enrols another one.",
            "Sessions that were opened with the device stay.",
            "A virtual device stays in the account, unassigned, as evidence.",
        ),
    )
    instead: ClassVar[str] = "let the user enrol the device again: it takes codes of the device"

    device: str = parameter("text", "The device's serial number or ARN, from aws.iam_user.get")

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and its devices."""
        user = self.principal
        devices = await all_of(
            readers,
            "iam",
            "list_mfa_devices",
            "MFADevices",
            {"UserName": user.name},
            account=user.account,
        )
        return {
            **await see_user(readers, user),
            "devices": listed(
                {
                    "serial": text(device, "SerialNumber"),
                    "enabled_at": maybe_text(device, "EnableDate"),
                }
                for device in devices
            ),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Deactivate the device; one that is not there may be a wrong serial, so it is an error."""
        found = [item for item in entries(seen, "devices") if item["serial"] == self.device]
        if not found:
            raise no_such(
                f"MFA device of {text(seen, 'arn')}",
                self.device,
                "look at the serial again; if it was removed, there is nothing to do",
            )
        return (
            Change(
                id="remove",
                target=self._target(seen),
                verb="remove MFA device",
                before={"enrolled": True},
                after={"enrolled": False},
                saved=found[0],
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return whether the device is the user's."""
        return {"enrolled": self.device in {item["serial"] for item in entries(seen, "devices")}}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the device."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Deactivate the device."""
        user = self.principal
        return await sent(
            writers,
            "iam",
            "deactivate_mfa_device",
            {"UserName": user.name, "SerialNumber": self.device},
            account=user.account,
        )

    def _target(self, seen: Seen) -> Target:
        user = user_target(seen)
        return owned("aws.mfa_device", user, self.device, f"{self.device} of {user.label}")
