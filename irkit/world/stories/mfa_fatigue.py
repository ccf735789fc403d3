"""A contractor is worn down with pushes, and their number is moved to another SIM card.

Played before the usual story, whose session is the one that the last push let in. The phone with
the push factor is the contractor's own; codes by SMS go to whoever has the number now.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.fixtures.acme_small import VICTIM
from irkit.world.fixtures.build_okta import PASSWORD
from irkit.world.seats import Seat
from irkit.world.stories.ground import Ground, ago, browser

REJECTED: Final = 5
_CODE: Final = "000000"
_ENROLLED: Final = timedelta(days=200)
_NUMBER: Final = "+1 XXX-XXX-0142"


def play(ground: Ground) -> None:
    """Send pushes until one is approved; sign in with a code to the number as well."""
    user, factors = ground.okta_ids.users[VICTIM], ground.okta.tables.factors
    sms = ground.okta.add_factor(user, "sms", profile={"phoneNumber": _NUMBER}, pass_code=_CODE)
    for factor in tuple(factors[user].values()):
        if factor.factor_type in {"push", "sms"}:
            earlier = ground.clock() - _ENROLLED
            rejects = REJECTED if factor.factor_type == "push" else 0
            factors[user][factor.id] = replace(factor, created=earlier, rejects=rejects)
    outside = browser(ground)
    with ago(ground, 110):
        for _ in range(REJECTED):
            outside.push(VICTIM, PASSWORD)
        outside.sign_in(VICTIM, PASSWORD)
    ground.seats.add(_by_sms(ground, sms))


def _by_sms(ground: Ground, factor: str) -> Seat:
    """Return the password and the number: a way in for as long as both are good."""
    held = {"login": VICTIM, "password": PASSWORD, "factor_id": factor, "pass_code": _CODE}
    return Seat(
        id="okta-sms:kai.contractor",
        kind=CredentialKind.OKTA_FACTOR,
        label=f"Okta password and number of {VICTIM}",
        user=VICTIM,
        credentials={name: Secret(part) for name, part in held.items()},
        okta_url=ground.okta_url,
        aws_url=ground.aws_url,
    )
