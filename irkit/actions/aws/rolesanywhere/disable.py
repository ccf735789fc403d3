"""Switch off one trust anchor or profile, through which certificates from outside open roles."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.absent import or_none
from irkit.actions.aws_calls import sent
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import entry, text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_ARN: Final = re.compile(
    r"arn:aws[\w-]*:rolesanywhere:([a-z0-9-]+):(\d{12}):(trust-anchor|profile)/([0-9a-f-]{36})"
)
_NAMES: Final = {
    "trust-anchor": ("trust_anchor", "trustAnchor"),
    "profile": ("profile", "profile"),
}
_ABSENT: Final = ("ResourceNotFoundException",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disable(Action):
    """Takes one of the two from enabled to disabled, and back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.rolesanywhere.disable",
        version=1,
        verb=Verb.DO,
        summary="Switch off a trust anchor or profile of IAM Roles Anywhere",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="aws.rolesanywhere",
        permissions=Permissions(
            iam_read=("rolesanywhere:GetProfile", "rolesanywhere:GetTrustAnchor"),
            iam_write=(
                "rolesanywhere:DisableProfile",
                "rolesanywhere:DisableTrustAnchor",
                "rolesanywhere:EnableProfile",
                "rolesanywhere:EnableTrustAnchor",
            ),
        ),
        does_not_cut=(Kind.ROLE_SESSION, Kind.CHAINED_ROLE_SESSION, Kind.EXTERNAL_TRUST),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1098.001", "T1649"),
        d3fend=("D3-CR",),
        gotchas=(
            "Every machine with a certificate of this anchor gets no new credentials.",
            "Sessions that began before go on: revoke them on the roles of its profiles.",
            "It is a regional service: an intruder's anchor may be in a region nobody uses.",
            "Whoever may can switch it on again, or make another: watch for both.",
        ),
    )

    arn: str = parameter("text", "The ARN of the trust anchor or profile")

    async def probe(self, readers: Readers) -> Seen:
        """Read whether it is enabled."""
        region, account, kind, identifier = self._parts()
        snake, camel = _NAMES[kind]
        call = readers.aws.call(
            "rolesanywhere",
            f"get_{snake}",
            {f"{camel}Id": identifier},
            account=account,
            region=region,
        )
        reply = await or_none(call, _ABSENT)
        if reply is None:
            raise no_such(f"{kind} of Roles Anywhere", self.arn, f"look in region {region}")
        found = entry(reply.body, camel)
        return {"name": text(found, "name"), "enabled": found.get("enabled") is True}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Switch it off, if it is on."""
        if not seen["enabled"]:
            return ()
        return (
            Change(
                id="disable",
                target=self._target(seen),
                verb="disable",
                before={"enabled": True},
                after={"enabled": False},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return whether it is enabled."""
        return {"enabled": seen["enabled"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the trust anchor or profile."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Switch it off."""
        return await self._send(writers, "disable")

    async def undo(
        self,
        change: Change,  # noqa: ARG002
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Switch it on."""
        return await self._send(writers, "enable")

    async def _send(self, writers: Writers, verb: str) -> Applied:
        region, account, kind, identifier = self._parts()
        snake, camel = _NAMES[kind]
        return await sent(
            writers,
            "rolesanywhere",
            f"{verb}_{snake}",
            {f"{camel}Id": identifier},
            account=account,
            region=region,
        )

    def _parts(self) -> tuple[str, str, str, str]:
        """Return region, account, kind and id.

        Raises:
            IrkitError: if what was given is no ARN of either kind.
        """
        found = _ARN.fullmatch(self.arn)
        if not found:
            raise cannot_reach(
                f"`{self.arn}` is no ARN of a trust anchor or profile",
                "see `aws rolesanywhere list-trust-anchors` in every region",
            )
        return found[1], found[2], found[3], found[4]

    def _target(self, seen: Seen) -> Target:
        _, account, kind, _ = self._parts()
        return Target(
            kind="aws.rolesanywhere",
            tenant=f"aws:{account}",
            id=self.arn,
            label=f"{kind} {text(seen, 'name')} ({self.arn})",
        )
