"""A session at Okta: the canary's user signs in with its password, as a browser does."""

from collections.abc import Sequence
from typing import Final

from irkit.actions.shape import maybe_text
from irkit.canonical import JsonObject
from irkit.proving.canary.grounds import Ground
from irkit.proving.canary.grounds.okta import PASSWORD, OktaGround, cannot
from irkit.proving.canary.planted import Planted
from irkit.secret import Secret

_SIGN_IN: Final = "okta:POST /api/v1/authn"
_SESSION: Final = "okta:POST /api/v1/sessions"
CALLS: Final = (PASSWORD, _SIGN_IN, _SESSION)


async def plant(ground: Ground, planted: Sequence[Planted]) -> Planted:  # noqa: ARG001
    """Sign in.

    Raises:
        IrkitError: IRK893 if the password alone is not enough.
    """
    assert isinstance(ground, OktaGround), "orders plant what their user can have"
    password = await ground.password()
    login: JsonObject = {"username": ground.login, "password": password.reveal()}
    said = await ground.act(_SIGN_IN, body=login)
    token = maybe_text(said, "sessionToken")
    if not token:
        raise cannot("a session", said)
    session = await ground.act(_SESSION, body={"sessionToken": token})
    sid = maybe_text(session, "id")
    if not sid:
        raise cannot("a session", session)
    return Planted(kind="okta_session", id=f"of {ground.login}", held={"sid": Secret(sid)})
