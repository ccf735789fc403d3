"""Shut a bucket to the public, whatever its policy and its lists say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.s3_buckets import ALL_BLOCKED, bucket_target, find_bucket, of_bucket
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_BLOCK: Final = "public_access"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPublic(SettingsOf):
    """Blocks public access to one bucket, in all four ways."""

    spec: ClassVar[Spec] = Spec(
        id="aws.s3_bucket.block_public",
        version=1,
        verb=Verb.DO,
        summary="Block public access to an S3 bucket",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.bucket_setting",
        permissions=Permissions(
            iam_read=("s3:GetBucketLocation", "s3:GetBucketPublicAccessBlock"),
            iam_write=("s3:PutBucketPublicAccessBlock",),
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.EXTERNAL_TRUST),
        visible_within=timedelta(seconds=60),
        closes_door=True,
        attack=("T1530",),
        d3fend=("D3-NTF",),
        gotchas=(
            "A public web site in the bucket is gone at once.",
            "Accounts that its policy names still get in: only the public is kept out.",
            "What was copied while it was open stays copied.",
        ),
    )

    bucket: str = parameter("text", "The bucket's name")
    account: str = parameter("aws.account", "The account the bucket must belong to")

    async def probe(self, readers: Readers) -> Seen:
        """Read what the bucket blocks; `none set` and `all off` are not the same."""
        where = await find_bucket(readers, self.bucket, self.account)
        found = await where.find(
            readers,
            "s3",
            "get_public_access_block",
            of_bucket(where, self.bucket),
            ("NoSuchPublicAccessBlockConfiguration",),
        )
        block = at(found, "PublicAccessBlockConfiguration")
        return {"tenant": where.tenant, "bucket": self.bucket, "settings": {_BLOCK: block}}

    def thing(self, seen: Seen) -> Target:
        """Return the bucket."""
        return bucket_target(seen)

    def goals(self, seen: Seen) -> Mapping[str, Json]:  # noqa: ARG002 - it is the same for all
        """Return that all is blocked."""
        return {_BLOCK: dict(ALL_BLOCKED)}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set the block, or take it away."""
        where = await find_bucket(readers, self.bucket, self.account)
        given = of_bucket(where, self.bucket)
        if value is None:
            return await where.send(writers, "s3", "delete_public_access_block", {**given})
        return await where.send(
            writers,
            "s3",
            "put_public_access_block",
            {**given, "PublicAccessBlockConfiguration": value},
        )
