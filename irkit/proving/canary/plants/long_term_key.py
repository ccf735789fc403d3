"""An access key of the canary's user."""

from collections.abc import Sequence

from irkit.actions.shape import text
from irkit.providers.aws.settings import StaticKeys
from irkit.proving.canary.ground import Ground, Planted

_SECRET = "AccessKey.SecretAccessKey"  # noqa: S105  # where it is in the answer


async def plant(ground: Ground, planted: Sequence[Planted]) -> Planted:  # noqa: ARG001
    """Make a key."""
    body, secrets = await ground.write("create_access_key", {}, (_SECRET,))
    key_id = text(body, "AccessKey", "AccessKeyId")
    keys = StaticKeys(key_id=key_id, secret_key=secrets[_SECRET])
    return Planted(kind="long_term_key", id=key_id, keys=keys)
