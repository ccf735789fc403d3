"""Let an ECS service run no task."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import at, entries, maybe_text, text
from irkit.actions.where import Where, named
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_ABSENT: Final = ("ClusterNotFoundException", "ServiceNotFoundException")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleZero(Action):
    """Sets the number of tasks of one service to zero, and back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ecs_service.scale_zero",
        version=1,
        verb=Verb.DO,
        summary="Let an ECS service run no task",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        target="aws.ecs_service",
        permissions=Permissions(
            iam_read=("ecs:DescribeServices",), iam_write=("ecs:UpdateService",)
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(minutes=5),
        before_evidence=True,
        attack=("T1496",),
        d3fend=("D3-HS",),
        gotchas=(
            "A task's disk and memory are gone with it: collect its logs first.",
            "Service auto scaling can raise the number again: its minimum stays as it is.",
            "It is done when no task of the service runs any more, which can take minutes.",
            "A task that is protected from scaling in does not end: stop it by hand.",
            "Tasks that were started by hand go on.",
            "Credentials of the tasks' role live on for up to 6 hours.",
        ),
    )

    service: str = parameter(
        "text", "The service's ARN (arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME)"
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read how many tasks it shall have, and how many run."""
        where, cluster, name = self._place()
        given: dict[str, Json] = {"cluster": cluster, "services": [name]}
        body = await where.find(readers, "ecs", "describe_services", given, _ABSENT)
        found = [item for item in entries(body, "services") if at(item, "status") != "INACTIVE"]
        if not found:
            raise no_such("ECS service", self.service, "it was deleted, or the ARN is wrong")
        return {
            "tenant": where.tenant,
            "arn": text(found[0], "serviceArn"),
            "strategy": maybe_text(found[0], "schedulingStrategy"),
            "desired": at(found[0], "desiredCount"),
            "runs": at(found[0], "runningCount") != 0 or at(found[0], "pendingCount") != 0,
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Ask for no task.

        Raises:
            IrkitError: if the service runs one on every machine and has no number.
        """
        if seen["strategy"] == "DAEMON":
            raise cannot_reach(
                f"{text(seen, 'arn')} runs one task on each machine and has no number of tasks",
                "isolate the machines, or delete the service by hand",
            )
        target = self._target(seen)
        before, after = self.state(seen, target), {"desired": 0}
        if before == after:
            return ()
        return (
            Change(id="scale-zero", target=target, verb="scale", before=before, after={**after}),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return how many tasks it shall have; of none, whether some run all the same."""
        if seen["desired"] == 0 and seen["runs"]:
            return {"desired": 0, "runs": True}
        return {"desired": seen["desired"]}

    def resumable(self, change: Change, seen: Seen) -> bool:
        """Go on where the number was set and tasks are still ending."""
        wanted = at(change.after, "desired") == 0
        return wanted and seen["desired"] == 0

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the service."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set the number to zero."""
        return await self._set(writers, change.after)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Set the number it had; the tasks are new ones."""
        return await self._set(writers, change.before)

    async def _set(self, writers: Writers, value: Json) -> Applied:
        where, cluster, name = self._place()
        return await where.send(
            writers,
            "ecs",
            "update_service",
            {"cluster": cluster, "service": name, "desiredCount": at(value, "desired")},
        )

    def _place(self) -> tuple[Where, str, str]:
        where, rest = named("ecs", "service/", self.service, "", "")
        cluster, _, name = rest.rpartition("/")
        return where, cluster or "default", name

    def _target(self, seen: Seen) -> Target:
        arn = text(seen, "arn")
        return Target(kind="aws.ecs_service", tenant=text(seen, "tenant"), id=arn, label=arn)
