"""`iam:PutUserPermissionsBoundary` and its removal, which moto has for roles only."""

from typing import Any, cast

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall


@handles("iam:PutUserPermissionsBoundary")
def put_user_permissions_boundary(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Bound a user by a managed policy of the account."""
    arn = call.text("PermissionsBoundary")
    iam = cloud.iam(caller.account)
    if arn not in iam.managed_policies:
        raise ApiError("NoSuchEntity", f"Policy {arn} does not exist.", 404)
    user = _user(cloud, call, caller)
    # Attributes that moto's User lacks; its GetUser shows `permissions_boundary` when present.
    user.permissions_boundary_arn = arn
    user.permissions_boundary = {
        "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
        "PermissionsBoundaryArn": arn,
    }
    return Result()


@handles("iam:DeleteUserPermissionsBoundary")
def delete_user_permissions_boundary(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Take a user's boundary away."""
    user = _user(cloud, call, caller)
    if not getattr(user, "permissions_boundary_arn", None):
        name = call.text("UserName")
        raise ApiError("NoSuchEntity", f"User {name} has no permissions boundary.", 404)
    user.permissions_boundary_arn = None
    user.permissions_boundary = None
    return Result()


def _user(cloud: Cloud, call: ApiCall, caller: Caller) -> Any:
    name = call.text("UserName")
    user = cloud.iam(caller.account).users.get(name)
    if user is None:
        message = f"The user with name {name} cannot be found."
        raise ApiError("NoSuchEntity", message, 404)
    return cast("Any", user)
