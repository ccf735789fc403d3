"""Buckets as S3 guards them: whose they must be, and what they shut out."""

import json
from dataclasses import replace
from typing import Any, Final

from moto.s3.models import s3_backends

from irkit.world.aws.answer import Answer, ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.iam_view import PARTITION
from irkit.world.aws.registry import amends, checks
from irkit.world.aws.wire import ApiCall

_SMALLEST: Final = "TransitionDefaultMinimumObjectSize"
_HEADER: Final = "x-amz-transition-default-minimum-object-size"
_USUAL: Final = "all_storage_classes_128K"


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


@checks("s3:PutBucketPolicy")
def refuse_public_policy(_cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Refuse a policy that allows everybody in, where the bucket blocks such policies."""
    bucket = _bucket(call, caller)
    block = bucket.public_access_block if bucket is not None else None
    if block is None or str(block.block_public_policy).lower() != "true":
        return
    if any(map(_allows_everybody, _statements(call.text("Policy")))):
        raise ApiError(
            "AccessDenied",
            "User is not authorized to perform: s3:PutBucketPolicy because public policies are "
            "blocked by the BlockPublicPolicy block public access setting.",
            403,
        )


@checks("s3:PutBucketLifecycleConfiguration")
def keep_smallest_size(_cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Remember which objects are too small to be moved, which moto forgets."""
    bucket = _bucket(call, caller)
    if bucket is not None:
        bucket.smallest_moved = call.text(_SMALLEST) or _USUAL


@amends("s3:GetBucketLifecycleConfiguration")
def show_smallest_size(_cloud: Cloud, call: ApiCall, caller: Caller, answer: Answer) -> Answer:
    """Say which objects are too small to be moved; moto says the same of every bucket."""
    smallest = getattr(_bucket(call, caller), "smallest_moved", _USUAL)
    others = [(name, value) for name, value in answer.headers if name.lower() != _HEADER]
    return replace(answer, headers=(*others, (_HEADER, smallest)))


def _bucket(call: ApiCall, caller: Caller) -> Any:
    return s3_backends[caller.account][PARTITION].buckets.get(call.text("Bucket"))


def _statements(document: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(document).get("Statement", [])
    except ValueError:
        return []
    return found if isinstance(found, list) else [found]


def _allows_everybody(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    who = principal.get("AWS") if isinstance(principal, dict) else principal
    everybody = who == "*" or (isinstance(who, list) and "*" in who)
    return statement.get("Effect") == "Allow" and everybody and not statement.get("Condition")
