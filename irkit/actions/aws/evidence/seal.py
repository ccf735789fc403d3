"""Put a text into a bucket that nobody can change it in: an answer, a report, a list."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import cannot_reach
from irkit.actions.s3_buckets import find_bucket, of_bucket
from irkit.actions.shape import at, maybe_text, text
from irkit.actions.where import Where
from irkit.canonical import Json
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_GOVERNANCE: Final = "GOVERNANCE"
_MODES: Final = (_GOVERNANCE, "COMPLIANCE")
_ABSENT: Final = ("404", "NoSuchKey", "NotFound")
_UNLOCKED: Final = ("ObjectLockConfigurationNotFoundError",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal(OneWay):
    """Writes one object with a lock, under a key that is its own digest."""

    spec: ClassVar[Spec] = Spec(
        id="aws.evidence.seal",
        version=1,
        verb=Verb.DO,
        summary="Seal a text in an S3 bucket with object lock",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.ADDITIVE,
        target="aws.object",
        permissions=Permissions(
            iam_read=(
                "s3:GetBucketLocation",
                "s3:GetBucketObjectLockConfiguration",
                "s3:GetObject",
                "s3:GetObjectRetention",
                "s3:ListBucket",
            ),
            iam_write=("s3:PutObject", "s3:PutObjectRetention"),
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.EXTERNAL_TRUST),
        visible_within=timedelta(seconds=60),
        attack=("T1070", "T1485"),
        d3fend=("D3-FH",),
        gotchas=(
            "In COMPLIANCE mode nobody can delete it before its time, the root user included.",
            "In GOVERNANCE mode those who may bypass it can.",
            "Use a bucket of an account that the incident is not in.",
            "What is sealed stands in the plan too: seal no secrets.",
        ),
    )
    instead: ClassVar[str] = "a sealed object stays until its time is over: that is its purpose"

    bucket: str = parameter("text", "The bucket's name; it must have object lock")
    account: str = parameter("aws.account", "The account the bucket must belong to")
    content: str = parameter("text", "What is sealed")
    days: int = parameter("int", "For how many days", default=365)
    mode: str = parameter("text", "GOVERNANCE or COMPLIANCE", default=_GOVERNANCE)

    async def probe(self, readers: Readers) -> Seen:
        """Read whether the bucket can lock, and whether the object is there and locked."""
        where = await find_bucket(readers, self.bucket, self.account)
        lock = await where.find(
            readers,
            "s3",
            "get_object_lock_configuration",
            of_bucket(where, self.bucket),
            _UNLOCKED,
        )
        given = {**of_bucket(where, self.bucket), "Key": self._key}
        found = await where.find(
            readers, "s3", "head_object", {**given, "ChecksumMode": "ENABLED"}, _ABSENT
        )
        return {
            "tenant": where.tenant,
            "bucket": self.bucket,
            "lockable": at(lock, "ObjectLockConfiguration", "ObjectLockEnabled") == "Enabled",
            "mode": self._mode(found),
            "until": maybe_text(found, "ObjectLockRetainUntilDate"),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Write the object, unless it is there and locked.

        Raises:
            IrkitError: if the bucket cannot lock, or there is no such mode.
        """
        if self.mode not in _MODES:
            raise cannot_reach(f"`{self.mode}` is no mode of object lock", "GOVERNANCE, COMPLIANCE")
        if not seen["lockable"]:
            raise cannot_reach(
                f"bucket {self.bucket} has no object lock",
                "name one that was made with it: a seal that can be broken is none",
            )
        if seen["mode"] is not None:
            return ()
        target = self._target(seen)
        return (
            Change(
                id="seal",
                target=target,
                verb="seal",
                before=self.state(seen, target),
                after={"mode": self.mode},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return how the content is locked there, None if it is not."""
        return {"mode": seen["mode"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the object."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Write it, locked from the first moment; S3 refuses what arrives damaged."""
        where: Where = await find_bucket(readers, self.bucket, self.account)
        until = readers.aws.now() + timedelta(days=self.days)
        return await where.send(
            writers,
            "s3",
            "put_object",
            {
                **of_bucket(where, self.bucket),
                "Key": self._key,
                "Body": self.content,
                "ContentType": "text/plain; charset=utf-8",
                "ChecksumAlgorithm": "SHA256",
                "ObjectLockMode": self.mode,
                "ObjectLockRetainUntilDate": rfc3339(until),
            },
        )

    def _mode(self, found: Json) -> "str | None":
        """Return how the object is locked, None if it is not, or holds something else."""
        own = base64.b64encode(hashlib.sha256(self.content.encode()).digest()).decode()
        held = maybe_text(found, "ChecksumSHA256") == own
        return maybe_text(found, "ObjectLockMode") or None if held else None

    @property
    def _key(self) -> str:
        """The object's key: the same content has the same one."""
        return f"irkit/{hashlib.sha256(self.content.encode()).hexdigest()}"

    def _target(self, seen: Seen) -> Target:
        name = f"{self.bucket}/{self._key}"
        tenant = text(seen, "tenant")
        return Target(kind="aws.object", tenant=tenant, id=name, label=f"s3://{name}")
