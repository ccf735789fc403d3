"""What lies in the accounts before an action looks: made as an administrator would, with boto3."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from stage import PROD, Stage

_BOSS = "administrator"
_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
_SESSION = boto3.Session()
_CONFIG = Config(retries={"total_max_attempts": 1}, max_pool_connections=1)


@contextmanager
def by_hand(
    stage: Stage, service: str, account: str = PROD, region: str = "us-east-1"
) -> Iterator[Any]:
    """Give a boto3 client of an administrator of the account."""
    key = _administrator(stage, account)
    client = _SESSION.client(
        service,
        endpoint_url=stage.world.aws_url,
        region_name=region,
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
        config=_CONFIG,
    )
    try:
        yield client
    finally:
        client.close()


def _administrator(stage: Stage, account: str) -> Any:
    cloud = stage.world.aws.cloud
    with cloud.moto:
        iam = cloud.iam(account)
        if _BOSS not in iam.users:
            user = iam.create_user("us-east-1", _BOSS)
            user.id = cloud.new_user_id(account)
            iam.put_user_policy(_BOSS, "all", _ALL)
            iam.create_access_key(_BOSS)
        return iam.users[_BOSS].access_keys[0]
