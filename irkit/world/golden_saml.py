"""A stolen signing key of an identity provider: whatever it signs, AWS believes.

Whether it is still believed is tried with an assertion that grants no role: AWS refuses the role to
whom it believes, and the assertion itself to whom it does not.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from irkit.secret import Secret
from irkit.world.aws_query import AwsAsker, ask, element
from irkit.world.okta.keys import OrgKeys
from irkit.world.okta.saml import Statement, issue
from irkit.world.probing import USER_AGENT, SeatState

_HOURS: Final = 12
_BELIEVED: Final = "AccessDenied"
_NOT_BELIEVED: Final = "InvalidIdentityToken"


def forged(held: Mapping[str, Secret], name: str, role: str, at: datetime) -> str:
    """Return an assertion that lets its bearer into `role` as `name`; into none without one."""
    pair = f"{role},{held['provider'].reveal()}"
    statement = Statement(
        id="idForged",
        issuer=held["issuer"].reveal(),
        name_id=name,
        session_name=name,
        roles=(pair,) if role else (),
        session_seconds=_HOURS * 3600,
        at=at,
    )
    return issue(statement, OrgKeys(held["key"].reveal()))


def still_believed(url: str, held: Mapping[str, Secret]) -> SeatState:
    """Say whether AWS still believes what the key signs, by AWS's own clock."""
    asker = AwsAsker(url=url, headers={"User-Agent": USER_AGENT})
    clock = ask(asker, None, "sts", "GetCallerIdentity")
    if clock is None or not clock.date:
        return SeatState.UNKNOWN
    provider = held["provider"].reveal()
    account, _, _ = provider.removeprefix("arn:aws:iam::").partition(":")
    document = forged(held, "seat-probe", "", parsedate_to_datetime(clock.date))
    reply = ask(
        asker,
        None,
        "sts",
        "AssumeRoleWithSAML",
        RoleArn=f"arn:aws:iam::{account}:role/{held['role'].reveal()}",
        PrincipalArn=provider,
        SAMLAssertion=document,
    )
    match element(reply, "Code") if reply else "":
        case code if code == _BELIEVED:
            return SeatState.ALIVE
        case code if code == _NOT_BELIEVED:
            return SeatState.DEAD
        case _:
            return SeatState.UNKNOWN
