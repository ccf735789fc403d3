"""What lay in the simulated AWS before: made in its own state, without a request or an event."""

from collections.abc import Iterator
from contextlib import contextmanager

from moto.iam.models import IAMBackend
from stage import PROD, Stage


@contextmanager
def iam_of(stage: Stage, account: str = PROD) -> Iterator[IAMBackend]:
    """Give an account's IAM to whoever prepares a situation."""
    cloud = stage.world.aws.cloud
    with cloud.moto:
        yield cloud.iam(account)
