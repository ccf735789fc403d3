"""Ways to come back that lie in an account's identities, found one by one."""

from collections.abc import Iterator
from typing import Final

from irkit.actions.shape import at, entries, maybe_text, text
from irkit.canonical import Json, JsonObject

_EVERYTHING: Final = frozenset({"*", "*:*"})


def finding(kind: str, arn: str, at_: str, why: str) -> dict[str, Json]:
    """Return one row."""
    return {"kind": kind, "arn": arn, "at": at_, "why": why}


def new_identities(details: JsonObject, since: str) -> Iterator[dict[str, Json]]:
    """Yield users and roles made since, and whether they may do everything."""
    for kind, name in (("user", "UserDetailList"), ("role", "RoleDetailList")):
        for item in entries(details, name):
            made = maybe_text(item, "CreateDate")
            if made < since:
                continue
            why = f"a {kind} that was made in the time asked about"
            if _may_everything(item):
                why += ", and may do everything"
            yield finding(f"new_{kind}", text(item, "Arn"), made, why)


def outside_trust(details: JsonObject, own: frozenset[str]) -> Iterator[dict[str, Json]]:
    """Yield roles that an account which is not pinned, or everybody, may enter."""
    for role in entries(details, "RoleDetailList"):
        for who in trusted_in(at(role, "AssumeRolePolicyDocument")):
            account = account_of(who)
            if who == "*" or (account and account not in own):
                yield finding(
                    "outside_trust",
                    text(role, "Arn"),
                    maybe_text(role, "CreateDate"),
                    f"{who} may enter it, which is in no pinned account",
                )


def new_versions(details: JsonObject, since: str) -> Iterator[dict[str, Json]]:
    """Yield managed policies whose default version is new."""
    for policy in entries(details, "Policies"):
        for version in entries(policy, "PolicyVersionList"):
            made = maybe_text(version, "CreateDate")
            if at(version, "IsDefaultVersion") is True and made >= since:
                yield finding(
                    "new_policy_version",
                    text(policy, "Arn"),
                    made,
                    f"its version {maybe_text(version, 'VersionId')} was made in that time",
                )


def _may_everything(identity: JsonObject) -> bool:
    """Say whether an inline policy, or AWS's own for administrators, allows everything."""
    inline = (*entries(identity, "UserPolicyList"), *entries(identity, "RolePolicyList"))
    attached = entries(identity, "AttachedManagedPolicies")
    return any(_allows_everything(at(item, "PolicyDocument")) for item in inline) or any(
        maybe_text(item, "PolicyName") == "AdministratorAccess" for item in attached
    )


def _allows_everything(document: Json) -> bool:
    return any(
        maybe_text(statement, "Effect") == "Allow"
        and any(action in _EVERYTHING for action in _list(at(statement, "Action")))
        and "*" in _list(at(statement, "Resource"))
        and at(statement, "Condition") is None
        for statement in _statements(document)
    )


def trusted_in(document: Json) -> Iterator[str]:
    """Yield the AWS principals that a trust policy lets in."""
    for statement in _statements(document):
        if maybe_text(statement, "Effect") == "Allow":
            principal = at(statement, "Principal")
            yield from _list(principal if isinstance(principal, str) else at(principal, "AWS"))


def account_of(principal: str) -> str:
    """Return the account of a principal as a policy names it; empty for everybody."""
    return principal.split(":")[4] if principal.startswith("arn:") else principal.strip("*")


def _statements(document: Json) -> tuple[JsonObject, ...]:
    found = at(document, "Statement")
    return entries({"statement": found if isinstance(found, list) else [found]}, "statement")


def _list(value: Json) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
