"""What opens an account beside sessions and factors: a number, and a browser Okta remembers."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hands_on import made
from stage import VICTIM, Hands, Stage, changing, staged

from irkit.providers.okta.exchange import Answer
from irkit.providers.okta.live import Holder
from irkit.providers.okta.settings import OktaSettings, Ssws
from irkit.secret import Secret

NUMBER = {"phoneNumber": "+15550100"}
CODE = "123456"
BROWSER = {"deviceToken": "in-other-hands"}


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world of its own for each test."""
    with staged() as stage:
        yield stage


def said(stage: Stage, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send what somebody sends who is not signed in, and return what Okta answers."""

    async def work(_: Hands) -> Answer:
        settings = OktaSettings(
            org_url=stage.world.okta_url,
            org_id=stage.world.org_id,
            auth=Ssws(token=Secret("nobody's")),
        )
        async with Holder(settings) as holder:
            return await holder.send("POST", f"/api/v1/authn{path}", body=body)

    answer = stage.do(work)
    return cast("dict[str, Any]", json.loads(answer.body))


def password_of(stage: Stage) -> str:
    """Return the person's password, which is in other hands."""
    return stage.world.okta.tables.users[stage.user()].password


def sign_in(stage: Stage) -> dict[str, Any]:
    """Give the password in the browser that is in other hands."""
    known = {"username": VICTIM, "password": password_of(stage), "context": BROWSER}
    return said(stage, "", known)


def recover(stage: Stage) -> str:
    """Forget the password, as whoever has the number, and return where that leads."""
    begun = said(stage, "/recovery/password", {"username": VICTIM, "factorType": "SMS"})
    if "stateToken" not in begun:
        return str(begun["errorCode"])
    known = {"stateToken": begun["stateToken"], "passCode": CODE}
    passed = said(stage, "/recovery/factors/SMS/verify", known)
    chosen = {"stateToken": passed["stateToken"], "newPassword": "theirs now"}
    said(stage, "/credentials/reset_password", chosen)
    return password_of(stage)


def lifecycle(stage: Stage, step: str) -> None:
    """Suspend the person, or release them, as an administrator would."""

    async def work(hands: Hands) -> None:
        await hands.writers.okta.send("POST", f"/api/v1/users/{stage.user()}/lifecycle/{step}")

    stage.do(work)


def test_a_number_in_other_hands_recovers_the_password(stage: Stage) -> None:
    """That is why a number which is only no factor any more still opens the account."""
    okta = stage.world.okta
    number = okta.add_factor(stage.user(), "sms", profile=NUMBER, pass_code=CODE)

    async def as_a_factor(hands: Hands) -> None:
        path = f"/api/v1/users/{stage.user()}/factors/{number}"
        await hands.writers.okta.send("DELETE", path)

    stage.do(as_a_factor)
    assert recover(stage) == "theirs now"


@pytest.mark.parametrize("kind", ["sms", "call"])
def test_a_number_that_was_removed_recovers_no_password(stage: Stage, kind: str) -> None:
    """Removing the factor takes the number out of the recovery as well."""
    okta = stage.world.okta
    number = okta.add_factor(stage.user(), kind, profile=NUMBER, pass_code=CODE)
    made(stage, changing("okta.user.remove_factor", user=VICTIM, factor=number))
    assert recover(stage) == "E0000006"


def test_a_reset_of_factors_takes_the_number_as_well(stage: Stage) -> None:
    """Okta's own reset leaves it as a way to a new password."""
    stage.world.okta.add_factor(stage.user(), "sms", profile=NUMBER, pass_code=CODE)
    lifecycle(stage, "suspend")
    made(stage, changing("okta.user.reset_factors", user=VICTIM))
    lifecycle(stage, "unsuspend")
    assert stage.world.okta.tables.factors.get(stage.user(), {}) == {}
    assert recover(stage) == "E0000006"


def test_a_remembered_browser_is_asked_for_a_factor_again(stage: Stage) -> None:
    """Ending the sessions alone would leave the password enough there."""
    okta = stage.world.okta
    factor = okta.add_factor(stage.user(), "token:software:totp", pass_code=CODE)
    begun = sign_in(stage)
    assert begun["status"] == "MFA_REQUIRED"
    known = {"stateToken": begun["stateToken"], "passCode": CODE}
    said(stage, f"/factors/{factor}/verify?rememberDevice=true", known)
    assert sign_in(stage)["status"] == "SUCCESS"
    made(stage, changing("okta.user.revoke_sessions", user=VICTIM))
    assert sign_in(stage)["status"] == "MFA_REQUIRED"
