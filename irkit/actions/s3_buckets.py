"""One S3 bucket: whose it is, in which region, and what its policy says."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from irkit.actions.base import Readers
from irkit.actions.refusal import no_such
from irkit.actions.shape import maybe_text, text
from irkit.actions.where import HOME, Where
from irkit.canonical import Json, JsonObject
from irkit.model.change import Target
from irkit.providers.json_text import decode

ALL_BLOCKED: Final[Mapping[str, Json]] = MappingProxyType(
    {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
)
"""Public access blocked in all four ways, of a bucket or of a whole account."""

_ABSENT: Final = ("NoSuchBucket", "404")
_OLD_NAME: Final = {"EU": "eu-west-1", "": HOME}


async def find_bucket(readers: Readers, bucket: str, account: str) -> Where:
    """Return where the bucket is.

    Raises:
        IrkitError: if there is none of that name.
        CallError: if it is another account's: AWS is asked for the account's own only.
    """
    home = Where(account=account)
    body = await home.find(readers, "s3", "get_bucket_location", of_bucket(home, bucket), _ABSENT)
    if body is None:
        raise no_such("bucket", bucket, f"look in account {account}")
    region = maybe_text(body, "LocationConstraint")
    return Where(account=account, region=_OLD_NAME.get(region, region))


def of_bucket(where: Where, bucket: str) -> dict[str, Json]:
    """Return the parameters that name a bucket and whose it must be."""
    return {"Bucket": bucket, "ExpectedBucketOwner": where.account}


def bucket_target(seen: JsonObject) -> Target:
    """Return the bucket as a target."""
    name = text(seen, "bucket")
    return Target(
        kind="aws.bucket", tenant=text(seen, "tenant"), id=name, label=f"arn:aws:s3:::{name}"
    )


async def bucket_policy(readers: Readers, where: Where, bucket: str) -> Json:
    """Return the bucket's policy, None if it has none."""
    body = await where.find(
        readers, "s3", "get_bucket_policy", of_bucket(where, bucket), ("NoSuchBucketPolicy",)
    )
    return None if body is None else decode(text(body, "Policy"))
