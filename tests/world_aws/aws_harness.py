"""A small simulated AWS for these tests, and boto3 clients that talk to it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from irkit.world.aws.cloud import Knobs
from irkit.world.aws.simulator import AwsSimulator
from irkit.world.fixtures import load_fixture
from irkit.world.fixtures.build_aws import build_aws
from irkit.world.world_clock import WorldClock

PROD, DATA, SANDBOX = "111122223333", "444455556666", "777788889999"
START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
_SESSION = boto3.Session()
_CONFIG = Config(
    retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=3, max_pool_connections=1
)


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        """Stand at the start."""
        self.now = START

    def __call__(self) -> datetime:
        """Return where the clock stands."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Key:
    """Credentials as boto3 takes them."""

    id: str
    secret: str
    token: str | None = None


class Aws:
    """The simulator with its clock, and clients for it."""

    def __init__(self, knobs: Knobs | None = None, metadata: str = "<metadata/>") -> None:
        """Start `acme-small`'s AWS, with an identity provider's metadata."""
        fixture = load_fixture("acme-small", users=0, seed=7)
        self.clock = StandingClock()
        self.simulator = AwsSimulator(
            accounts=fixture.accounts,
            outside=fixture.outside,
            clock=WorldClock(self.clock),
            knobs=knobs,
        )
        self._clients: list[Any] = []
        try:
            keys = build_aws(self.simulator.cloud, fixture, metadata)
        except BaseException:
            self.simulator.stop()
            raise
        self.simulator.start()
        self.breakglass = Key(
            keys["irkit-breakglass"][0].access_key_id, keys["irkit-breakglass"][0].secret_access_key
        )
        self.ci = Key(keys["ci-deploy"][0].access_key_id, keys["ci-deploy"][0].secret_access_key)

    def client(self, service: str, key: Key, region: str = "us-east-1") -> Any:
        """Return a boto3 client."""
        client = _SESSION.client(
            service,
            endpoint_url=self.simulator.url,
            region_name=region,
            aws_access_key_id=key.id,
            aws_secret_access_key=key.secret,
            aws_session_token=key.token,
            config=_CONFIG,
        )
        self._clients.append(client)
        return client

    def unsigned(self, service: str) -> Any:
        """Return a boto3 client that does not sign."""
        client = _SESSION.client(
            service,
            endpoint_url=self.simulator.url,
            region_name="us-east-1",
            config=_CONFIG.merge(Config(signature_version=UNSIGNED)),
        )
        self._clients.append(client)
        return client

    def assume(self, key: Key, role: str, name: str = "tester", **more: Any) -> Key:
        """Assume a role given by ARN and return the session's credentials."""
        answer = self.client("sts", key).assume_role(RoleArn=role, RoleSessionName=name, **more)
        return as_key(answer["Credentials"])

    def role(self, name: str, account: str = PROD) -> str:
        """Return a role's ARN."""
        return f"arn:aws:iam::{account}:role/{name}"

    def admin(self, account: str = PROD) -> Key:
        """Return irkit's write role in an account."""
        return self.assume(self.breakglass, self.role("irkit-write", account), "irkit")

    def make_user(self, name: str, document: str = ALLOW_ALL, account: str = PROD) -> Key:
        """Make an IAM user with one key, without a request; no document means no policy."""
        with self.simulator.cloud.moto:
            iam = self.simulator.cloud.iam(account)
            user = iam.create_user("us-east-1", name)
            user.id = self.simulator.cloud.new_user_id(account)
            if document:
                iam.put_user_policy(name, "own", document)
            key = iam.create_access_key(name)
        return Key(key.access_key_id, key.secret_access_key)

    def make_role(
        self, name: str, trust: dict[str, Any], document: str = ALLOW_ALL, account: str = PROD
    ) -> str:
        """Make a role, without a request, and return its ARN."""
        with self.simulator.cloud.moto:
            iam = self.simulator.cloud.iam(account)
            role = iam.create_role(name, json.dumps(trust), "/", None, "", [], "3600")
            iam.put_role_policy(name, "own", document)
            return str(role.arn)

    def stop(self) -> None:
        """Close all clients, then the simulator."""
        for client in self._clients:
            client.close()
        failures = self.simulator.failures
        self.simulator.stop()
        assert failures == ()


def as_key(credentials: Any) -> Key:
    """Return STS credentials as a key."""
    return Key(
        credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]
    )


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    """Return a trust policy for `principal`."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def document(*statements: dict[str, Any]) -> str:
    """Return a policy document as text; Action and Resource default to everything."""
    full = [{"Action": "*", "Resource": "*", **statement} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": full})


def code_of(call: Callable[[], Any]) -> str:
    """Return the error code a call is refused with, `ok` if it is served."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"
