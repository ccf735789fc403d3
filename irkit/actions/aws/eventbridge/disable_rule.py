"""Stop a rule that starts things on a schedule or on an event."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import maybe_text, text
from irkit.actions.where import HOME, Where, named
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_ON, _OFF = "ENABLED", "DISABLED"
_ABSENT: Final = ("ResourceNotFoundException",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableRule(Action):
    """Disables one rule, and enables it."""

    spec: ClassVar[Spec] = Spec(
        id="aws.eventbridge.disable_rule",
        version=1,
        verb=Verb.DO,
        summary="Disable an EventBridge rule",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.event_rule",
        permissions=Permissions(
            iam_read=("events:DescribeRule",),
            iam_write=("events:DisableRule", "events:EnableRule"),
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(seconds=60),
        attack=("T1546", "T1053"),
        d3fend=("D3-SCP",),
        gotchas=(
            "What it started already goes on.",
            "Schedules of EventBridge Scheduler are not rules: look there too.",
            "Events that come meanwhile are lost.",
        ),
    )

    rule: str = parameter("text", "The rule: ARN, or name with `account`")
    bus: str = parameter("text", "The event bus, where `rule` is no ARN", default="default")
    account: str = parameter("aws.account", "The account, where `rule` is no ARN", default="")
    region: str = parameter("aws.region", "The region, where `rule` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read whether the rule is on, and whose it is."""
        where, given = self._place()
        body = await where.find(readers, "events", "describe_rule", given, _ABSENT)
        if body is None:
            raise no_such("rule", self.rule, f"look in {where.account}/{where.region}")
        return {
            "tenant": where.tenant,
            "arn": text(body, "Arn"),
            "state": text(body, "State"),
            "managed_by": maybe_text(body, "ManagedBy"),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Disable it, if it is on.

        Raises:
            IrkitError: if it is an AWS service's own, or could not be given back as it is.
        """
        state = text(seen, "state")
        if state == _OFF:
            return ()
        if text(seen, "managed_by"):
            raise cannot_reach(
                f"{text(seen, 'arn')} belongs to {seen['managed_by']}",
                "stop what it serves in that service instead",
            )
        if state != _ON:
            raise cannot_reach(
                f"{text(seen, 'arn')} is {state}, which cannot be given back exactly",
                "disable it by hand",
            )
        target = self._target(seen)
        return (
            Change(
                id="disable",
                target=target,
                verb="disable",
                before=self.state(seen, target),
                after={"state": _OFF},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return whether it is on."""
        return {"state": seen["state"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the rule."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Disable it."""
        where, given = self._place()
        return await where.send(writers, "events", "disable_rule", {**given})

    async def undo(
        self,
        change: Change,  # noqa: ARG002
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Enable it."""
        where, given = self._place()
        return await where.send(writers, "events", "enable_rule", {**given})

    def _place(self) -> tuple[Where, dict[str, Json]]:
        where, name = named("events", "rule/", self.rule, self.account, self.region)
        bus, slash, rule = name.rpartition("/")
        return where, {"Name": rule, "EventBusName": bus if slash else self.bus}

    def _target(self, seen: Seen) -> Target:
        arn = text(seen, "arn")
        return Target(kind="aws.event_rule", tenant=text(seen, "tenant"), id=arn, label=arn)
