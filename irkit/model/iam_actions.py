"""The IAM action that allows an operation of AWS's API, where the two are called differently.

After the service authorization reference; an operation that is not listed is its own action.
"""

from types import MappingProxyType
from typing import Final

_ACTIONS: Final = MappingProxyType(
    {
        "lambda:Invoke": "lambda:InvokeFunction",
        "s3:CopyObject": "s3:PutObject",
        "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
        "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
        "s3:DeleteObjects": "s3:DeleteObject",
        "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
        "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
        "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
        "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
        "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
        "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
        "s3:HeadBucket": "s3:ListBucket",
        "s3:HeadObject": "s3:GetObject",
        "s3:ListBuckets": "s3:ListAllMyBuckets",
        "s3:ListObjectVersions": "s3:ListBucketVersions",
        "s3:ListObjects": "s3:ListBucket",
        "s3:ListObjectsV2": "s3:ListBucket",
        "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
        "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
        "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
        "s3control:DeletePublicAccessBlock": "s3:PutAccountPublicAccessBlock",
        "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
        "s3control:PutPublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    }
)


def iam_action(signing_name: str, operation: str) -> str:
    """Return the IAM action that allows an operation: `s3:ListAllMyBuckets` for ListBuckets."""
    prefix = "cloudwatch" if signing_name == "monitoring" else signing_name
    name = f"{prefix}:{operation}"
    return _ACTIONS.get(name, name)
