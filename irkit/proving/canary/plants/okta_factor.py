"""A security question with an answer that only irkit knows: a factor that can be tried again.

A one-time code counts once in its half minute, so a second try would look like a dead factor.
"""

import secrets
from collections.abc import Sequence
from typing import Final

from irkit.actions.shape import text
from irkit.canonical import JsonObject
from irkit.proving.canary.grounds import Ground
from irkit.proving.canary.grounds.okta import PASSWORD, OktaGround
from irkit.proving.canary.planted import Planted
from irkit.secret import Secret

_ENROL: Final = "okta:POST /api/v1/users/{userId}/factors"
CALLS: Final = (PASSWORD, _ENROL)


async def plant(ground: Ground, planted: Sequence[Planted]) -> Planted:  # noqa: ARG001
    """Enrol it."""
    assert isinstance(ground, OktaGround), "orders plant what their user can have"
    password = await ground.password()
    answer = Secret(secrets.token_urlsafe(16))
    profile: JsonObject = {"question": "disliked_food", "answer": answer.reveal()}
    body: JsonObject = {"factorType": "question", "provider": "OKTA", "profile": profile}
    made = await ground.write(
        _ENROL, f"{ground.path}/factors", body=body, what={"factorType": "question"}
    )
    return Planted(
        kind="okta_factor", id=text(made, "id"), held={"password": password, "answer": answer}
    )
