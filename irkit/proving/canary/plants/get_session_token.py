"""A session that the planted key mints: it outlives the key, unless the user is shut out."""

from collections.abc import Sequence

from irkit.actions.shape import text
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.providers.aws.settings import StaticKeys
from irkit.proving.canary.ground import Ground, Planted

_SECRET, _TOKEN = "Credentials.SecretAccessKey", "Credentials.SessionToken"


async def plant(ground: Ground, planted: Sequence[Planted]) -> Planted:
    """Mint a session with the key that was planted before.

    Raises:
        IrkitError: IRK871 if no key was planted.
    """
    key = next((one for one in planted if one.kind == "long_term_key"), None)
    if key is None:
        raise IrkitError(
            Diagnostic(
                code="IRK871",
                summary="a session is minted with a key, and none is planted before it",
                help="write plant: [long_term_key, get_session_token]",
            )
        )
    async with ground.with_keys(key.keys) as live:
        reply, secrets = await live.writer().send(
            "sts",
            "get_session_token",
            {"DurationSeconds": 3600},
            account=ground.user.account,
            secrets=(_SECRET, _TOKEN),
        )
    keys = StaticKeys(
        key_id=text(reply.body, "Credentials", "AccessKeyId"),
        secret_key=secrets[_SECRET],
        session_token=secrets[_TOKEN],
    )
    return Planted(kind="get_session_token", id=keys.key_id, keys=keys)
