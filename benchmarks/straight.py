"""`python -m benchmarks.straight URL KEY SECRET ACCOUNTS REGIONS`: a sweep as a script makes it.

The same calls to AWS as irkit's, with as many at once, and nothing else: no trail, no limits, no
gaps. A client is made for each account, service and region, as such scripts do.
"""

import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.config
import botocore.session

_AT_ONCE = 32
_ROLE = "irkit-read"
_MAKING = threading.Lock()


def _sweep(session: Any, url: str, account: str, regions: list[str]) -> Iterator[Any]:
    """Enter an account, and yield what is to be done there."""
    settings = botocore.config.Config(retries={"total_max_attempts": 1})

    def client(service: str, region: str, keys: Mapping[str, str]) -> Any:
        with _MAKING:
            return session.create_client(
                service,
                region_name=region,
                endpoint_url=url,
                config=settings,
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys.get("SessionToken"),
            )

    own = session.get_credentials()
    entry = {"AccessKeyId": own.access_key, "SecretAccessKey": own.secret_key}
    role = f"arn:aws:iam::{account}:role/{_ROLE}"
    sts = client("sts", "us-east-1", entry)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="straight")["Credentials"]
    client("ec2", "us-east-1", keys).describe_regions()

    def global_() -> None:
        iam = client("iam", "us-east-1", keys)
        for user in iam.list_users()["Users"]:
            iam.list_access_keys(UserName=user["UserName"])
        iam.list_roles()

    yield global_
    for region in regions:
        yield lambda region=region: (
            client("ec2", region, keys).describe_instances(),
            client("lambda", region, keys).list_functions(),
        )


def main(url: str, key: str, secret: str, accounts: str, regions: str) -> None:
    """Sweep."""
    session = botocore.session.Session()
    session.set_credentials(key, secret)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for account in accounts.split(","):
            for work in _sweep(session, url, account, regions.split(",")):
                pool.submit(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
