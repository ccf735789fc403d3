"""Changing actions on S3 buckets, each where it has something to do."""

import json

from by_hand import by_hand
from stage import DATA, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action

BUCKET = "acme-invoices"


def block_public(stage: Stage) -> Action:
    """A bucket that blocks nothing."""
    with by_hand(stage, "s3", DATA) as s3:
        s3.create_bucket(Bucket=BUCKET)
        s3.delete_public_access_block(Bucket=BUCKET)
    return changing("aws.s3_bucket.block_public", bucket=BUCKET, account=DATA)


def lock_down(stage: Stage) -> Action:
    """A bucket in another region whose policy lets another account read."""
    arn = f"arn:aws:s3:::{BUCKET}"
    allowed = {
        "Sid": "Partner",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999900001111:root"},
        "Action": "s3:GetObject",
        "Resource": f"{arn}/*",
    }
    with by_hand(stage, "s3", DATA, "eu-west-1") as s3:
        s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        policy = {"Version": "2012-10-17", "Statement": allowed}
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    return changing("aws.s3_bucket.lockdown", bucket=BUCKET, account=DATA, keep=[])


def stop_deleting(stage: Stage) -> Action:
    """A bucket whose objects are deleted in a day, and that keeps no versions."""
    with by_hand(stage, "s3", DATA) as s3:
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_lifecycle_configuration(
            Bucket=BUCKET,
            TransitionDefaultMinimumObjectSize="varies_by_storage_class",
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "pay-us",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "Expiration": {"Days": 1},
                    }
                ]
            },
        )
    return changing("aws.s3_bucket.stop_ransom", bucket=BUCKET, account=DATA)


def stop_copying(stage: Stage) -> Action:
    """A bucket whose objects are copied to somebody else's."""
    rule = {
        "ID": "carry-away",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": "arn:aws:s3:::elsewhere"},
    }
    with by_hand(stage, "s3", DATA) as s3:
        for name in (BUCKET, "elsewhere"):
            s3.create_bucket(Bucket=name)
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_replication(
            Bucket=BUCKET,
            ReplicationConfiguration={
                "Role": f"arn:aws:iam::{DATA}:role/function",
                "Rules": [rule],
            },
        )
    return changing("aws.s3_bucket.stop_ransom", bucket=BUCKET, account=DATA)


def block_account(stage: Stage) -> Action:
    """An account that blocks new public lists, and nothing else."""
    block = dict.fromkeys(("BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False)
    cloud = stage.world.aws.cloud
    with cloud.moto:
        from moto.s3control.models import s3control_backends  # noqa: PLC0415 - as its service is

        backend = s3control_backends[DATA]["aws"]
        backend.put_public_access_block(DATA, {**block, "BlockPublicAcls": True})
    return changing("aws.s3_account.block_public", account=DATA)


CASES = (
    Case("aws.s3_account.block_public", block_account, "s3control:PutPublicAccessBlock"),
    Case("aws.s3_bucket.block_public", block_public, first_write="s3:PutPublicAccessBlock"),
    Case("aws.s3_bucket.lockdown", lock_down, first_write="s3:PutBucketPolicy"),
    Case("aws.s3_bucket.stop_ransom", stop_deleting, first_write="s3:DeleteBucketLifecycle"),
    Case(
        "aws.s3_bucket.stop_ransom:copies",
        stop_copying,
        first_write="s3:DeleteBucketReplication",
    ),
)
