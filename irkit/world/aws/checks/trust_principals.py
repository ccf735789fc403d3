"""A trust policy may name only users and roles that exist: AWS refuses the others by name."""

import re
from collections.abc import Iterable
from typing import Final

from irkit.model.access import PolicyError, parse_policy
from irkit.world.aws.answer import ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import checks
from irkit.world.aws.wire import ApiCall

_PRINCIPAL: Final = re.compile(r"arn:aws:iam::(\d{12}):(user|role)/.+")


@checks("iam:UpdateAssumeRolePolicy", "iam:CreateRole")
def refuse_unknown_principals(cloud: Cloud, call: ApiCall, _caller: Caller) -> None:
    """Refuse a trust policy that names somebody who is not there."""
    for name in _named(call.text("PolicyDocument") or call.text("AssumeRolePolicyDocument")):
        found = _PRINCIPAL.fullmatch(name)
        if found and name not in _arns(cloud, found[1]):
            raise ApiError(
                "MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{name}"'
            )


def _named(document: str) -> Iterable[str]:
    try:
        policy = parse_policy(document)
    except PolicyError:
        return  # refused elsewhere, for what is wrong with it
    for statement in policy.statements:
        for kind, value in statement.principals.values if statement.principals else ():
            if kind == "AWS":
                yield value


def _arns(cloud: Cloud, account: str) -> frozenset[str]:
    view = cloud.present().accounts.get(account)
    if view is None:
        return frozenset()
    return frozenset(
        holder.arn for holders in (view.users, view.roles) for holder in holders.values()
    )
