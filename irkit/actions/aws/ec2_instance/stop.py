"""Stop a machine. What was only in its memory is gone, so evidence comes first."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.ec2_instances import (
    describe,
    identity,
    instance_target,
    locate,
    read_attribute,
    set_attribute,
)
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import at, maybe_text, text
from irkit.actions.touches import owned
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_RUNS: Final = frozenset({"pending", "running"})
_STOPPING: Final = "stopping"
_SETTING: Final = "aws.instance_setting"
_PROTECTION: Final = "DisableApiStop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(Action):
    """Takes stop protection off, then stops one instance; starts it and protects it again."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ec2_instance.stop",
        version=1,
        verb=Verb.DO,
        summary="Stop an EC2 instance",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        target="aws.instance",
        permissions=Permissions(
            iam_read=(
                "ec2:DescribeInstanceAttribute",
                "ec2:DescribeInstances",
                "ec2:DescribeRegions",
            ),
            iam_write=(
                "ec2:ModifyInstanceAttribute",
                "ec2:StartInstances",
                "ec2:StopInstances",
            ),
            only={"ec2:ModifyInstanceAttribute": "it is protected from being stopped"},
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(minutes=5),
        before_evidence=True,
        attack=("T1496", "T1578.002"),
        d3fend=("D3-HS",),
        gotchas=(
            "Memory and instance store disks are lost: snapshot and isolate come first.",
            "An Auto Scaling group replaces it, and terminates it: put it in standby first.",
            "A public address that is not elastic changes at the next start.",
            "Credentials of the machine's role live on for up to 6 hours.",
        ),
    )

    instance: str = parameter("aws.instance", "The instance: ARN, or id (i-…)")
    account: str = parameter("aws.account", "The account, where it is known", default="")
    region: str = parameter("aws.region", "The region, where it is known", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read whether it runs and is protected, and which address would be lost."""
        place = await locate(readers, self.instance, self.account, self.region)
        found = await describe(readers, place)
        state = maybe_text(found, "State", "Name")
        return {
            **identity(place),
            "state": "running" if state in _RUNS else state,
            "address": maybe_text(found, "PublicIpAddress"),
            "root": maybe_text(found, "RootDeviceType"),
            "protected": await read_attribute(readers, place, _PROTECTION) is True,
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Stop it if it runs, or has not stopped yet; where somebody protected it, unprotect it.

        Raises:
            IrkitError: if it cannot be stopped.
        """
        if text(seen, "root") == "instance-store":
            raise cannot_reach(
                f"{text(seen, 'arn')} has its root disk in the instance store and cannot stop",
                "isolate it instead, or terminate it when its evidence is safe",
            )
        if text(seen, "state") not in {"running", _STOPPING}:
            return ()
        target = instance_target(seen)
        protection = owned(_SETTING, target, "stop-protection", f"protection of {target.label}")
        first = Change(
            id="unprotect",
            target=protection,
            verb="take stop protection off",
            before=self.state(seen, protection),
            after={"stop_protected": False},
        )
        last = Change(
            id="stop",
            target=target,
            verb="stop",
            before=self.state(seen, target),
            after={"power": "stopped"},
            saved={"address": seen["address"]},
            needs=(first.id,) if seen["protected"] else (),
        )
        return (first, last) if seen["protected"] else (last,)

    def state(self, seen: Seen, target: Target) -> Json:
        """Return whether it runs, or is protected from being stopped."""
        if target.kind == _SETTING:
            return {"stop_protected": seen["protected"]}
        return {"power": text(seen, "state")}

    def resumable(self, change: Change, seen: Seen) -> bool:
        """Go on where it was told to stop and has not stopped yet."""
        return at(change.after, "power") == "stopped" and text(seen, "state") == _STOPPING

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the instance."""
        return (instance_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Take the protection off, or stop it."""
        if change.target.kind == _SETTING:
            return await self._protect(readers, writers, protected=False)
        return await self._power(readers, writers, "stop_instances")

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Start it, or protect it again."""
        if change.target.kind == _SETTING:
            return await self._protect(readers, writers, protected=True)
        return await self._power(readers, writers, "start_instances")

    async def _power(self, readers: Readers, writers: Writers, operation: str) -> Applied:
        place = await locate(readers, self.instance, self.account, self.region)
        return await place.where.send(writers, "ec2", operation, {"InstanceIds": [place.id]})

    async def _protect(self, readers: Readers, writers: Writers, *, protected: bool) -> Applied:
        place = await locate(readers, self.instance, self.account, self.region)
        return await set_attribute(writers, place, _PROTECTION, protected)
