"""Buckets: who may see them, and what keeps or deletes their objects; never the objects."""

import json
import sys
from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.iam_view import PARTITION
from irkit.world.aws.restorable.documents import document

SERVICE: Final = "s3"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every bucket by name."""
    loaded = sys.modules.get("moto.s3.models")
    if loaded is None or account not in loaded.s3_backends:
        return {}
    buckets = loaded.s3_backends[account][PARTITION].buckets
    return {name: _bucket(bucket) for name, bucket in sorted(buckets.items())}


def _bucket(bucket: Any) -> Json:
    block = bucket.public_access_block
    policy = bucket.policy
    return {
        "policy": document(policy.decode() if isinstance(policy, bytes) else policy),
        "public_access": None if block is None else _fields(block),
        "versions": bucket.versioning_status,
        "lifecycle": [_fields(rule) for rule in bucket.rules],
        "smallest_moved": getattr(bucket, "smallest_moved", "") if bucket.rules else "",
        "replication": document(json.dumps(getattr(bucket, "replication", None))),
    }


def _fields(value: Any) -> Json:
    """Return an object of moto's as what its fields hold."""
    return {name: str(content) for name, content in sorted(vars(value).items())}
