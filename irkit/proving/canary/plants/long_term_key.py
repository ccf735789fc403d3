"""An access key of the canary's user."""

from collections.abc import Sequence
from typing import Final

from irkit.actions.shape import text
from irkit.proving.canary.grounds import Ground
from irkit.proving.canary.grounds.aws import AwsGround
from irkit.proving.canary.planted import Planted

CALLS: Final = ("iam:create_access_key",)
_SECRET: Final = "AccessKey.SecretAccessKey"  # noqa: S105  # where it is in the answer


async def plant(ground: Ground, planted: Sequence[Planted]) -> Planted:  # noqa: ARG001
    """Make a key."""
    assert isinstance(ground, AwsGround), "orders plant what their user can have"
    body, secrets = await ground.write("create_access_key", {}, (_SECRET,))
    key_id = text(body, "AccessKey", "AccessKeyId")
    return Planted(kind="long_term_key", id=key_id, held={"secret": secrets[_SECRET]})
