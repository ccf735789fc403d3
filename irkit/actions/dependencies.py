"""What a run itself depends on: the facts behind the self-lockout guards.

Everything is asked of the providers, not of the configuration, so that a key or role that was
swapped is seen. What cannot be found out is an error, because an unknown dependence is not none.
"""

import re
from collections.abc import Iterable
from typing import Final

import anyio

from irkit.actions.absent import IAM, or_none
from irkit.actions.arn import Principal, principal, role_of_session
from irkit.actions.base import Readers
from irkit.actions.federated_roles import federated_in
from irkit.actions.iam_principal import fetch_role, role_target, see_role
from irkit.actions.okta_roles import SUPER_ADMIN, role_holders
from irkit.actions.okta_user import user_path
from irkit.actions.shape import at, maybe_text, text
from irkit.actions.touches import owned
from irkit.canonical import JsonObject
from irkit.model.change import Target

_ANY_ACCOUNT: Final = re.compile(r":iam::\d{12}:")


async def own_identities(readers: Readers) -> tuple[Target, ...]:
    """Return the users, roles, tokens and keys that this run acts as or through.

    Raises:
        CallError: if a provider does not say.
    """
    found: list[Target] = []
    if readers.okta_reader is not None:
        found += await _okta(readers)
    if readers.aws_reader is not None:
        for account in readers.aws.accounts():
            found += await _aws(readers, account)
    return tuple({target.key: target for target in found}.values())


async def own_principals(readers: Readers) -> tuple[str, ...]:
    """Return the ARNs of the roles and users of AWS that irkit works with, in whichever account.

    Raises:
        CallError: if AWS does not say.
    """
    found = [
        target
        for account in readers.aws.accounts()
        for target in await _aws(readers, account)
        if target.kind in {"aws.role", "aws.user"}
    ]
    return tuple(sorted({_ANY_ACCOUNT.sub(":iam::*:", target.label) for target in found}))


async def entry_providers(readers: Readers) -> frozenset[str]:
    """Return the identity providers through which the first credentials of AWS may have come.

    They are those that the role behind them trusts: none for a user, `?` where the role is in an
    account that is not pinned.

    Raises:
        CallError: if AWS does not say.
    """
    accounts = readers.aws.accounts()
    source = (await readers.aws.caller(accounts[0])).get("Source")
    home, role, _ = role_of_session(maybe_text(source, "Arn"))
    if not role:
        return frozenset()
    if home not in accounts:
        return frozenset({"?"})
    record = await fetch_role(readers, Principal(account=home, name=role))
    return frozenset(federated_in(at(record, "AssumeRolePolicyDocument")))


async def super_admins(readers: Readers) -> tuple[Target, ...]:
    """Return the active users who are super administrators, directly or through a group.

    Raises:
        CallError: if Okta does not say.
    """
    found: dict[str, Target] = {}
    async with anyio.create_task_group() as group:
        for user in await role_holders(readers):
            group.start_soon(_add_super_admin, readers, user, found)
    return tuple(found[user] for user in sorted(found))


async def _okta(readers: Readers) -> Iterable[Target]:
    caller = await readers.okta.caller()
    client = maybe_text(caller, "client_id")
    if client:
        tenant = readers.okta.tenant
        return (Target(kind="okta.app", tenant=tenant, id=client, label=f"client {client}"),)
    login = text(caller, "login")
    owner = _okta_user(readers, text(caller, "user_id"), login)
    name = maybe_text(caller, "token_name") or text(caller, "token_id")
    token = owned(
        "okta.api_token", owner, text(caller, "token_id"), f"token {name} of {owner.label}"
    )
    return (owner, token)


async def _aws(readers: Readers, account: str) -> Iterable[Target]:
    caller = await readers.aws.caller(account)
    found = [*await _identity(readers, caller)]
    source = caller.get("Source")
    if isinstance(source, dict):
        found += await _identity(readers, source)
    write_role = maybe_text(caller, "WriteRole")
    if write_role:
        found.append(role_target(await see_role(readers, principal("role", write_role))))
    return found


async def _identity(readers: Readers, caller: JsonObject) -> Iterable[Target]:
    """Return the role or user of a `GetCallerIdentity`, and its key where it is long-lived."""
    arn, user_id, account = (text(caller, key) for key in ("Arn", "UserId", "Account"))
    tenant = f"aws:{account}"
    _, role, _ = role_of_session(arn)
    if role:
        return (await _role(readers, account, role, user_id.partition(":")[0]),)
    kind = "aws.root" if arn.endswith(":root") else "aws.user"
    owner = Target(kind=kind, tenant=tenant, id=user_id, label=arn)
    key = maybe_text(caller, "AccessKeyId")
    if kind == "aws.user" and key.startswith("AKIA"):
        return (owner, owned("aws.access_key", owner, key, f"{key} of {arn}"))
    return (owner,)


async def _role(readers: Readers, account: str, name: str, role_id: str) -> Target:
    """Return a role by the id its session states; its path is asked for where it can be."""
    label = f"arn:aws:iam::{account}:role/{name}"
    if account in readers.aws.accounts():
        role = Principal(account=account, name=name)
        seen = await or_none(see_role(readers, role), IAM)
        label = text(seen, "arn") if seen else label
    return Target(kind="aws.role", tenant=f"aws:{account}", id=role_id, label=label)


async def _add_super_admin(readers: Readers, user: str, found: dict[str, Target]) -> None:
    """Add `user` if it is one: its list of roles has those of its groups as well."""
    roles = await readers.okta.list(user_path(user, "roles"))
    if any(maybe_text(role, "type") == SUPER_ADMIN for role in roles):
        record = (await readers.okta.get(user_path(user))).body
        if text(record, "status") == "ACTIVE":
            login = text(record, "profile", "login")
            found[user] = _okta_user(readers, user, login)


def _okta_user(readers: Readers, user: str, login: str) -> Target:
    return Target(kind="okta.user", tenant=readers.okta.tenant, id=user, label=login)
