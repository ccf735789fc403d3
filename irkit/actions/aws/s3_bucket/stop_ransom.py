"""Keep a bucket's objects: old versions stay, and no rule deletes or carries them away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.s3_buckets import bucket_target, find_bucket, of_bucket
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, maybe_text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_VERSIONS, _RULES, _COPIES = "versions", "lifecycle", "replication"
_LIST, _SMALLEST = "Rules", "TransitionDefaultMinimumObjectSize"
_KEPT: Final = "Enabled"
_NOT_KEPT: Final = "Suspended"
_OPERATIONS: Final = {
    _RULES: (
        "put_bucket_lifecycle_configuration",
        "delete_bucket_lifecycle",
        "LifecycleConfiguration",
    ),
    _COPIES: ("put_bucket_replication", "delete_bucket_replication", "ReplicationConfiguration"),
}
"""How each kind of rules is put and deleted, and the parameter it is put in."""
_ABSENT: Final = ("NoSuchLifecycleConfiguration", "ReplicationConfigurationNotFoundError")


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRansom(SettingsOf):
    """Switches versions on, and takes lifecycle and replication rules away."""

    spec: ClassVar[Spec] = Spec(
        id="aws.s3_bucket.stop_ransom",
        version=1,
        verb=Verb.DO,
        summary="Keep an S3 bucket's objects from being deleted or overwritten",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        target="aws.bucket_setting",
        permissions=Permissions(
            iam_read=(
                "s3:GetBucketLocation",
                "s3:GetBucketVersioning",
                "s3:GetLifecycleConfiguration",
                "s3:GetReplicationConfiguration",
            ),
            iam_write=(
                "iam:PassRole",
                "s3:PutBucketVersioning",
                "s3:PutLifecycleConfiguration",
                "s3:PutReplicationConfiguration",
            ),
            only={
                "iam:PassRole": "it had replication rules, to take it back",
                "s3:PutBucketVersioning": "it keeps no versions",
                "s3:PutLifecycleConfiguration": "it has lifecycle rules",
                "s3:PutReplicationConfiguration": "it has replication rules",
            },
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.EXTERNAL_TRUST),
        visible_within=timedelta(seconds=60),
        attack=("T1485", "T1486", "T1490"),
        d3fend=("D3-SCP",),
        gotchas=(
            "What was encrypted or deleted before is not brought back.",
            "Whoever may delete versions still deletes them: deny the intruder first.",
            "A bucket that never had versions cannot go back to that, only to suspended ones.",
            "A lifecycle rule can take a day to show whether it was stopped in time.",
            "To give replication back, irkit must be allowed to pass its role.",
        ),
    )

    bucket: str = parameter("text", "The bucket's name")
    account: str = parameter("aws.account", "The account the bucket must belong to")

    async def probe(self, readers: Readers) -> Seen:
        """Read whether versions are kept, and the rules that delete or copy."""
        where = await find_bucket(readers, self.bucket, self.account)
        named = of_bucket(where, self.bucket)
        versions = await where.read(readers, "s3", "get_bucket_versioning", named)
        rules = await where.find(
            readers, "s3", "get_bucket_lifecycle_configuration", named, _ABSENT
        )
        copies = await where.find(readers, "s3", "get_bucket_replication", named, _ABSENT)
        return {
            "tenant": where.tenant,
            "bucket": self.bucket,
            "settings": {
                _VERSIONS: maybe_text(versions, "Status") or _NOT_KEPT,
                _RULES: None
                if rules is None
                else {key: at(rules, key) for key in (_LIST, _SMALLEST)},
                _COPIES: at(copies, "ReplicationConfiguration"),
            },
        }

    def thing(self, seen: Seen) -> Target:
        """Return the bucket."""
        return bucket_target(seen)

    def goals(self, seen: Seen) -> Mapping[str, Json]:  # noqa: ARG002 - it is the same for all
        """Return that versions are kept and nothing is deleted or copied."""
        return {_RULES: None, _COPIES: None, _VERSIONS: _KEPT}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:
        """Make one of the three settings."""
        where = await find_bucket(readers, self.bucket, self.account)
        given = of_bucket(where, self.bucket)
        if name == _VERSIONS:
            given["VersioningConfiguration"] = {"Status": value}
            return await where.send(writers, "s3", "put_bucket_versioning", {**given})
        put, delete, parameter_name = _OPERATIONS[name]
        if value is None:
            return await where.send(writers, "s3", delete, {**given})
        if name == _COPIES:
            given[parameter_name] = value
        else:
            given[parameter_name] = {_LIST: at(value, _LIST)}
            if at(value, _SMALLEST) is not None:
                given[_SMALLEST] = at(value, _SMALLEST)
        return await where.send(writers, "s3", put, {**given})
