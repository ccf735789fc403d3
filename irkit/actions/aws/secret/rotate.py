"""Let a secret's own rotation function give it a new value, there and in what it opens."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.key_secret import version_of
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import cannot_reach
from irkit.actions.secrets import describe_secret, secret_place, secret_target
from irkit.actions.shape import entry, maybe_text, text, texts
from irkit.actions.where import HOME
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotate(OneWay):
    """Asks for one rotation, under a version id that follows from the version before."""

    spec: ClassVar[Spec] = Spec(
        id="aws.secret.rotate",
        version=1,
        verb=Verb.DO,
        summary="Rotate a secret with its own rotation function",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        target="aws.secret",
        permissions=Permissions(
            iam_read=("secretsmanager:DescribeSecret",),
            iam_write=("secretsmanager:RotateSecret",),
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.INSTANCE_SESSION),
        visible_within=timedelta(minutes=5),
        attack=("T1555.006",),
        d3fend=("D3-CRO",),
        gotchas=(
            "Evict the intruder first: whoever can read the secret reads the new value.",
            "Consumers must read the secret again, and fail until they do.",
            "The function runs by itself: if it fails, the old value stays current.",
            "Without a rotation function it is refused: a new value here alone helps nobody.",
        ),
    )
    instead: ClassVar[str] = "the old value opens nothing any more: rotate once more instead"

    secret: str = parameter("text", "The secret: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `secret` is no ARN", default="")
    region: str = parameter("aws.region", "The region, where `secret` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read which version is current, which is on its way, and who rotates it."""
        where = secret_place(self.secret, self.account, self.region)
        found = await describe_secret(readers, where, self.secret)
        stages = entry(found, "VersionIdsToStages")
        return {
            "tenant": where.tenant,
            "arn": text(found, "ARN"),
            "function": maybe_text(found, "RotationLambdaARN"),
            "current": _at_stage(stages, "AWSCURRENT"),
            "pending": _at_stage(stages, "AWSPENDING"),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Rotate.

        Raises:
            IrkitError: if no function rotates the secret, or one is at it.
        """
        arn, current = text(seen, "arn"), text(seen, "current")
        if not text(seen, "function"):
            raise cannot_reach(
                f"no function rotates {arn}",
                "change the value where it is used and here together; for an access key use "
                "`aws.iam_key.rotate_to_secret`",
            )
        if text(seen, "pending") not in {"", current}:
            raise cannot_reach(
                f"a rotation of {arn} is under way or was left half done",
                "look at the function's log; finish or cancel that rotation first",
            )
        target = secret_target(seen)
        return (
            Change(
                id="rotate",
                target=target,
                verb="rotate",
                before=self.state(seen, target),
                after={"version": version_of(arn, f"after {current}")},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the current version's id."""
        return {"version": seen["current"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the secret."""
        return (secret_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Start the rotation."""
        where = secret_place(self.secret, self.account, self.region)
        return await where.send(
            writers,
            "secretsmanager",
            "rotate_secret",
            {
                "SecretId": change.target.id,
                "ClientRequestToken": text(change.after, "version"),
                "RotateImmediately": True,
            },
        )


def _at_stage(stages: Json, stage: str) -> str:
    versions = entry(stages)
    return next((name for name in versions if stage in texts(versions, name)), "")
