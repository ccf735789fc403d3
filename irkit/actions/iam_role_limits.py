"""Roles that AWS lets nobody edit."""

from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import text
from irkit.canonical import JsonObject


def editable(role: JsonObject) -> None:
    """Return if policies can be put on the role that `see_role` saw.

    Raises:
        IrkitError: if it is service-linked or belongs to IAM Identity Center.
    """
    path, name = text(role, "path"), text(role, "name")
    if path.startswith("/aws-service-role/"):
        raise cannot_reach(
            f"{name} is a service-linked role, which AWS lets nobody edit",
            "stop what uses it in its own service, or deny it by a service control policy",
        )
    if path.startswith("/aws-reserved/") or name.startswith("AWSReservedSSO_"):
        raise cannot_reach(
            f"{name} belongs to IAM Identity Center, which undoes every edit",
            "change the permission set, or deny the person by a service control policy",
        )
