"""A refresh token of the client that the orders name, for the canary's user and its password."""

from collections.abc import Sequence
from typing import Final

from irkit.actions.shape import maybe_text
from irkit.proving.canary.grounds import Ground
from irkit.proving.canary.grounds.okta import PASSWORD, OktaGround, cannot
from irkit.proving.canary.planted import Planted
from irkit.secret import Secret

_TOKEN: Final = "okta:POST /oauth2/v1/token"  # noqa: S105  # a call
CALLS: Final = (PASSWORD, _TOKEN)


async def plant(ground: Ground, planted: Sequence[Planted]) -> Planted:  # noqa: ARG001
    """Let the client ask for a token with the password.

    Raises:
        IrkitError: IRK893 if Okta gives none.
    """
    assert isinstance(ground, OktaGround), "orders plant what their user can have"
    password = await ground.password()
    form = {
        "grant_type": "password",
        "client_id": ground.client,
        "username": ground.login,
        "password": password.reveal(),
        "scope": "openid offline_access",
    }
    said = await ground.act(_TOKEN, form=form, what={"client": ground.client})
    token = maybe_text(said, "refresh_token")
    if not token:
        raise cannot("a refresh token", said)
    name = f"of {ground.client}"
    return Planted(kind="okta_oauth_token", id=name, held={"token": Secret(token)})
