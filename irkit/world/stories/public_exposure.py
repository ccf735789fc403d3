"""Nobody broke in: people of the company opened data to everybody, and to an account outside.

A bucket with a policy for everybody beside one that is meant to be, a disk's snapshot and a
database's shared, and a database with a public address. It lies in the accounts without a log.
"""

import json
from typing import Final

from moto.rds.models import rds_backends
from moto.s3.models import s3_backends

from irkit.world.aws.iam_view import PARTITION
from irkit.world.aws.moto_ec2 import ec2_backends
from irkit.world.fixtures.acme_small import DATA, OUTSIDE, PROD, SANDBOX
from irkit.world.stories.ground import HOME, Ground

EXPORTS: Final = "acme-exports"
WEBSITE: Final = "acme-website"
DISK: Final = "billing-disk"
DATABASE: Final = "orders"


def play(ground: Ground) -> None:
    """Open everything."""
    with ground.aws.cloud.moto:
        for account, bucket in ((DATA, EXPORTS), (PROD, WEBSITE)):
            _open_bucket(account, bucket)
        ec2 = ec2_backends[DATA][HOME]
        snapshot = ec2.create_snapshot(ec2.create_volume(8, f"{HOME}a").id, DISK, DATA)
        snapshot.add_tags({"Name": DISK})
        snapshot.create_volume_permission_groups.add("all")
        snapshot.create_volume_permission_userids.add(OUTSIDE)
        rds = rds_backends[PROD][HOME]
        rds.create_db_instance(
            {
                "db_instance_identifier": DATABASE,
                "db_instance_class": "db.t3.micro",
                "engine": "postgres",
                "allocated_storage": 20,
                "master_username": "orders",
                "master_user_password": "correct-horse",
                "publicly_accessible": True,
                "availability_zone": f"{HOME}a",
            }
        )
        copy = rds.create_db_snapshot(DATABASE, f"{DATABASE}-copy")
        copy.attributes["restore"] = [OUTSIDE]


def play_log(ground: Ground) -> None:
    """Open the bucket that one account's log is kept in, and nothing else."""
    with ground.aws.cloud.moto:
        _open_to_all(SANDBOX, "acme-sandbox-cloudtrail")


def _open_bucket(account: str, name: str) -> None:
    s3_backends[account][PARTITION].create_bucket(name, HOME)
    _open_to_all(account, name)


def _open_to_all(account: str, name: str) -> None:
    bucket = s3_backends[account][PARTITION].buckets[name]
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    bucket.policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()
