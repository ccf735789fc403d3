"""One IAM role or user as actions see it: found by ARN or name, spoken of by its unique id."""

from irkit.actions.absent import IAM, or_none
from irkit.actions.arn import Principal
from irkit.actions.base import Readers
from irkit.actions.refusal import no_such
from irkit.actions.shape import entry, text
from irkit.canonical import JsonObject
from irkit.model.change import Target


async def fetch_role(readers: Readers, role: Principal) -> JsonObject:
    """Return IAM's own record of the role.

    Raises:
        IrkitError: if there is none.
    """
    call = readers.aws.call("iam", "get_role", {"RoleName": role.name}, account=role.account)
    reply = await or_none(call, IAM)
    if reply is None:
        raise no_such("IAM role", role.name, f"look in account {role.account}; give its ARN")
    return entry(reply.body, "Role")


async def fetch_user(readers: Readers, user: Principal) -> JsonObject:
    """Return IAM's own record of the user.

    Raises:
        IrkitError: if there is none.
    """
    call = readers.aws.call("iam", "get_user", {"UserName": user.name}, account=user.account)
    reply = await or_none(call, IAM)
    if reply is None:
        raise no_such("IAM user", user.name, f"look in account {user.account}; give its ARN")
    return entry(reply.body, "User")


async def see_role(readers: Readers, role: Principal) -> JsonObject:
    """Return what a probe of a role always holds: account, unique id, ARN, name and path."""
    record = await fetch_role(readers, role)
    return {
        "account": role.account,
        "id": text(record, "RoleId"),
        "arn": text(record, "Arn"),
        "name": role.name,
        "path": text(record, "Path"),
    }


async def see_user(readers: Readers, user: Principal) -> JsonObject:
    """Return what a probe of a user always holds: account, unique id, ARN and name."""
    record = await fetch_user(readers, user)
    return {
        "account": user.account,
        "id": text(record, "UserId"),
        "arn": text(record, "Arn"),
        "name": user.name,
    }


def role_target(seen: JsonObject) -> Target:
    """Return the role that `see_role` saw, as a target."""
    return _target("aws.role", seen)


def user_target(seen: JsonObject) -> Target:
    """Return the user that `see_user` saw, as a target."""
    return _target("aws.user", seen)


def _target(kind: str, seen: JsonObject) -> Target:
    tenant = f"aws:{text(seen, 'account')}"
    return Target(kind=kind, tenant=tenant, id=text(seen, "id"), label=text(seen, "arn"))
