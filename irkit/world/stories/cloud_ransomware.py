"""Somebody who signs in as an engineer destroys what a company would restore from.

From the roles the engineer has: a key that needs no sign-in, a session of it, one role further.
With these a KMS key is marked for deletion, objects of two buckets are left to expire, and a copy
of a disk is shared with an account outside.
"""

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from irkit.model.access import CredentialKind as Kind
from irkit.secret import Secret
from irkit.world.aws.iam_view import PARTITION
from irkit.world.aws.moto_ec2 import ec2_backends
from irkit.world.aws_query import AwsKey, credentials_in
from irkit.world.browser import Browser
from irkit.world.fixtures.acme_small import DATA, DOMAIN, OUTSIDE, PROD
from irkit.world.fixtures.build_okta import PASSWORD
from irkit.world.seats import Seat
from irkit.world.stories.ground import HOME, Ground, ago, browser, intruder, take

ENGINEER: Final = f"sven.larsen@{DOMAIN}"
MADE_USER: Final = "svc-snapshots"
LAKE: Final = "acme-data-lake"
ORDERS: Final = "acme-orders"
COPY: Final = "etl-disk"

_ANYTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


def play(ground: Ground) -> None:
    """Sign in as the engineer, dig in, and destroy."""
    key_id, snapshot = _company(ground)
    with ago(ground, 60):
        outside = browser(ground)
        sid = outside.sign_in(ENGINEER, PASSWORD)
        ground.seats.add(_okta_session(ground, sid))
        engineer = _Engineer(ground, replace(outside, sid=sid))
        prod, data = engineer.enters(PROD), engineer.enters(DATA)
    with ago(ground, 45):
        made = engineer.makes_a_key(prod)
        engineer.goes_on(prod, made)
    with ago(ground, 30), intruder(ground, made, "kms") as kms:
        kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    for key, bucket in ((made, ORDERS), (data, LAKE)):
        with ago(ground, 25), intruder(ground, key, "s3") as s3:
            _let_expire(s3, bucket)
    with ago(ground, 20), intruder(ground, data, "ec2") as ec2:
        ec2.modify_snapshot_attribute(
            SnapshotId=snapshot,
            Attribute="createVolumePermission",
            OperationType="add",
            UserIds=[OUTSIDE],
        )


def _company(ground: Ground) -> tuple[str, str]:
    """Make what the company has to lose; return the ids of the key and of the snapshot."""
    with ground.aws.cloud.moto:
        key = kms_backends[PROD][HOME].create_key(
            None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "orders", None
        )
        for account, name in ((PROD, ORDERS), (DATA, LAKE)):
            bucket = s3_backends[account][PARTITION].create_bucket(name, HOME)
            bucket.versioning_status = "Enabled"
        ec2 = ec2_backends[DATA][HOME]
        volume = ec2.create_volume(8, f"{HOME}a")
        snapshot = ec2.create_snapshot(volume.id, COPY, DATA)
        snapshot.add_tags({"Name": COPY})
        return key.id, snapshot.id


def _let_expire(s3: Any, bucket: str) -> None:  # boto3's own
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    rule = {"ID": "gone", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})


@dataclass(frozen=True, slots=True)
class _Engineer:
    """The intruder in the engineer's place."""

    ground: Ground
    browser: Browser

    def enters(self, account: str) -> AwsKey:
        """Go from Okta into the developers' role of an account."""
        role = f"arn:aws:iam::{account}:role/Developer"
        provider = f"arn:aws:iam::{account}:saml-provider/okta"
        key = self.browser.enter_aws(self.ground.okta_ids.aws_app, role, provider)
        label = f"session of {ENGINEER} in role Developer in {account}"
        seat = take(self.ground, key, Kind.FEDERATED_ROLE_SESSION, ENGINEER, label)
        self.ground.seats.add(replace(seat, account=account))
        return key

    def makes_a_key(self, developer: AwsKey) -> AwsKey:
        """Make a user with every right: access that needs no Okta."""
        call = self.browser.aws_call
        call(developer, "iam", "CreateUser", UserName=MADE_USER)
        call(
            developer,
            "iam",
            "PutUserPolicy",
            UserName=MADE_USER,
            PolicyName="snapshots",
            PolicyDocument=_ANYTHING,
        )
        key = credentials_in(call(developer, "iam", "CreateAccessKey", UserName=MADE_USER))
        take(self.ground, key, Kind.LONG_TERM_KEY, MADE_USER, f"key {key.id} of {MADE_USER}")
        return key

    def goes_on(self, developer: AwsKey, made: AwsKey) -> None:
        """Make a session that survives the key, and enter the role of the deployments."""
        session = credentials_in(self.browser.aws_call(made, "sts", "GetSessionToken"))
        label = f"GetSessionToken session of {MADE_USER}"
        take(self.ground, session, Kind.GET_SESSION_TOKEN, MADE_USER, label)
        chained = credentials_in(
            self.browser.aws_call(
                developer,
                "sts",
                "AssumeRole",
                RoleArn=f"arn:aws:iam::{PROD}:role/Deploy",
                RoleSessionName="release",
            )
        )
        label = f"session `release` in role Deploy in {PROD}, entered from Developer"
        take(self.ground, chained, Kind.CHAINED_ROLE_SESSION, ENGINEER, label)


def _okta_session(ground: Ground, sid: str) -> Seat:
    return Seat(
        id="okta-session:sven.larsen",
        kind=Kind.OKTA_SESSION,
        label=f"Okta session of {ENGINEER}",
        user=ENGINEER,
        credentials={"sid": Secret(sid)},
        okta_url=ground.okta_url,
        aws_url=ground.aws_url,
    )
