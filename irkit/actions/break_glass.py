"""Ways in for when nothing else works, as they are found at this moment: good ones, or why not.

AWS says whose a credential is even where everything is denied to it, so that its principal is
looked at as well: what it comes through, and whether irkit or somebody else quarantined it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from irkit.actions.absent import IAM, OKTA, or_none
from irkit.actions.arn import principal, role_of_session
from irkit.actions.base import Readers
from irkit.actions.federated_roles import federated_in
from irkit.actions.iam_principal import fetch_role
from irkit.actions.okta_user import user_path
from irkit.actions.shape import at, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339

_QUARANTINE: Final = "IRKitQuarantine"
"""The inline policy by which a role or user is denied everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """One way in: what it is called, the identity providers it needs, and why it is none.

    `wrong` is empty where it is good.
    """

    name: str
    through: frozenset[str] = frozenset()
    wrong: str = ""


async def way_into_aws(readers: Readers, arn: str, caller: JsonObject) -> WayIn:
    """Return how the role or user `arn` stands, whose credentials AWS says are `caller`'s.

    Raises:
        CallError: if AWS does not say.
    """
    kind = "role" if ":role/" in arn else "user"
    own = principal(kind, arn)
    seen = maybe_text(caller, "Arn")
    account, role, _ = role_of_session(seen)
    if (account, role) != (own.account, own.name) if kind == "role" else seen != arn:
        return WayIn(name=arn, wrong=f"its credentials are those of {seen}")
    if own.account not in readers.aws.accounts():
        return WayIn(name=arn, wrong=f"its account {own.account} is not pinned: it is not seen")
    named: dict[str, Json] = {f"{kind.capitalize()}Name": own.name, "PolicyName": _QUARANTINE}
    call = readers.aws.call("iam", f"get_{kind}_policy", named, account=own.account)
    if await or_none(call, IAM) is not None:
        return WayIn(name=arn, wrong="it is quarantined")
    if kind == "user":
        return WayIn(name=arn)
    trust = at(await fetch_role(readers, own), "AssumeRolePolicyDocument")
    return WayIn(name=arn, through=frozenset(federated_in(trust)))


async def way_into_okta(
    readers: Readers,
    login: str,
    *,
    admins: Collection[str],
    idps: Iterable[str],
    quarantine: Collection[str] = (),
    signed_in_within: timedelta | None = None,
) -> WayIn:
    """Return how the user `login` stands, of whom `admins` are super administrators.

    `idps` are the identity providers that are in question.

    Raises:
        CallError: if Okta does not say.
    """
    reply = await or_none(readers.okta.get(user_path(login)), OKTA)
    if reply is None:
        return WayIn(name=login, wrong="there is no such user")
    user, status = text(reply.body, "id"), text(reply.body, "status")
    if status != "ACTIVE":
        return WayIn(name=login, wrong=f"the user is {status}")
    if user not in admins:
        return WayIn(name=login, wrong="the user is no super administrator")
    for group in await readers.okta.list(user_path(user, "groups")) if quarantine else ():
        if {text(group, "id"), maybe_text(group, "profile", "name")} & set(quarantine):
            return WayIn(name=login, wrong=f"the user is in {maybe_text(group, 'profile', 'name')}")
    if signed_in_within is not None:
        last = maybe_text(reply.body, "lastLogin")
        if not last or readers.okta.now() - parse_rfc3339(last) > signed_in_within:
            return WayIn(name=login, wrong=f"the user last signed in {last or 'never'}")
    through = set()
    for idp in idps:
        link = readers.okta.get(f"/api/v1/idps/{idp}/users/{user}")
        if await or_none(link, OKTA) is not None:
            through.add(idp)
    return WayIn(name=login, through=frozenset(through))
