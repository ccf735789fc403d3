"""A session that the planted key mints: it outlives the key, unless the user is shut out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from irkit.actions.shape import text
from irkit.proving.canary.grounds import Ground
from irkit.proving.canary.grounds.aws import AwsGround
from irkit.proving.canary.planted import Planted

CALLS: Final = ("sts:get_session_token",)
_LIVES: Final = timedelta(minutes=15)
"""The shortest that AWS mints: it outlives the canary, with the little that its user may do."""

_SECRET, _TOKEN = "Credentials.SecretAccessKey", "Credentials.SessionToken"


async def plant(ground: Ground, planted: Sequence[Planted]) -> Planted:
    """Mint a session with the key that was planted before."""
    assert isinstance(ground, AwsGround), "orders plant what their user can have"
    key = next(one for one in planted if one.kind == "long_term_key")
    seconds = int(_LIVES.total_seconds())
    async with ground.holder(key) as live:
        with ground.writing.of("sts:get_session_token", {"DurationSeconds": seconds}):
            reply, secrets = await live.writer().send(
                "sts",
                "get_session_token",
                {"DurationSeconds": seconds},
                account=ground.user.account,
                secrets=(_SECRET, _TOKEN),
            )
    return Planted(
        kind="get_session_token",
        id=text(reply.body, "Credentials", "AccessKeyId"),
        held={"secret": secrets[_SECRET], "token": secrets[_TOKEN]},
        ends=ground.writing.session.clock() + _LIVES,
    )
