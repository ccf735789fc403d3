"""Buckets whose owner the caller names: S3 answers only if it is that account's."""

from moto.s3.models import s3_backends

from irkit.world.aws.answer import ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import checks
from irkit.world.aws.wire import ApiCall


@checks(
    "s3:DeleteBucketLifecycle",
    "s3:DeleteBucketPolicy",
    "s3:DeleteBucketReplication",
    "s3:DeletePublicAccessBlock",
    "s3:GetBucketLifecycleConfiguration",
    "s3:GetBucketLocation",
    "s3:GetBucketPolicy",
    "s3:GetBucketReplication",
    "s3:GetBucketVersioning",
    "s3:GetObjectLockConfiguration",
    "s3:GetPublicAccessBlock",
    "s3:HeadObject",
    "s3:PutBucketLifecycleConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutBucketReplication",
    "s3:PutBucketVersioning",
    "s3:PutObject",
    "s3:PutPublicAccessBlock",
)
def refuse_unexpected_owner(_cloud: Cloud, call: ApiCall, _caller: Caller) -> None:
    """Refuse a call about another account's bucket of that name."""
    expected = call.text("ExpectedBucketOwner")
    owner = s3_backends.bucket_accounts.get(call.text("Bucket"), ("", ""))[1]
    if expected and owner and expected != owner:
        raise ApiError("AccessDenied", "Access Denied", 403)
