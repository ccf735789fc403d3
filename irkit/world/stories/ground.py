"""What stories stand on: the world, AWS's own SDK in somebody's hands, and seats."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any, Final, Protocol

import boto3
from botocore.config import Config

from irkit.model.access import CredentialKind
from irkit.world.aws.simulator import AwsSimulator
from irkit.world.aws_query import AwsKey
from irkit.world.browser import Browser, secrets_of
from irkit.world.fixtures.acme_small import PROD
from irkit.world.intruder import INTRUDER_ADDRESS, INTRUDER_AGENT, Stage
from irkit.world.seats import Seat

HOME: Final = "us-east-1"
_SESSION: Final = boto3.Session()
_CONFIG: Final = Config(
    user_agent=INTRUDER_AGENT, retries={"total_max_attempts": 1}, max_pool_connections=1
)


class Ground(Stage, Protocol):
    """What a story needs of a world: the stage, and the simulator itself."""

    @property
    def aws(self) -> AwsSimulator:
        """The simulated AWS."""


def ago(ground: Ground, minutes: int) -> AbstractContextManager[None]:
    """Set the world's clock back while something happens."""
    return ground.clock.earlier(timedelta(minutes=minutes))


def browser(ground: Ground) -> Browser:
    """Return the browser the intruder sits at."""
    return Browser(
        okta_url=ground.okta_url,
        aws_url=ground.aws_url,
        address=INTRUDER_ADDRESS,
        user_agent=INTRUDER_AGENT,
    )


@contextmanager
def intruder(ground: Ground, key: AwsKey, service: str, region: str = HOME) -> Iterator[Any]:
    """Give the intruder a client of one service, with one credential."""
    client = _SESSION.client(
        service,
        endpoint_url=ground.aws_url,
        region_name=region,
        aws_access_key_id=key.id,
        aws_secret_access_key=key.secret.reveal(),
        aws_session_token=key.token.reveal() if key.token else None,
        config=_CONFIG,
    )
    client.meta.events.register("before-sign", _from_outside)
    try:
        yield client
    finally:
        client.close()


def key_of(seat: Seat) -> AwsKey:
    """Return the AWS credential of a seat."""
    held = seat.credentials
    return AwsKey(
        id=seat.access_key_id,
        secret=held["secret_access_key"],
        token=held.get("session_token"),
    )


def take(ground: Ground, key: AwsKey, kind: CredentialKind, user: str, label: str) -> Seat:
    """Put one more AWS credential on the ground, and return its seat."""
    return ground.seats.add(
        Seat(
            id=f"aws:{key.id}",
            kind=kind,
            label=label,
            user=user,
            account=PROD,
            calls=("s3:ListBuckets", "ec2:DescribeInstances"),
            credentials=secrets_of(key),
            okta_url=ground.okta_url,
            aws_url=ground.aws_url,
        )
    )


def _from_outside(request: Any, **_: object) -> None:  # botocore's own
    request.headers["X-Forwarded-For"] = INTRUDER_ADDRESS
