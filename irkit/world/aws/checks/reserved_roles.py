"""Roles that belong to a service cannot be edited, only through that service."""

from irkit.world.aws.answer import ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import checks
from irkit.world.aws.wire import ApiCall


@checks(
    "iam:AttachRolePolicy",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
def refuse_reserved_roles(cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Refuse edits of service-linked roles and of roles that Identity Center owns."""
    name = call.text("RoleName")
    role = cloud.present().accounts[caller.account].roles.get(name)
    if role is not None and (role.service_linked or "/aws-reserved/" in role.arn):
        raise ApiError(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{name}' - "
            "this role is only modifiable by AWS",
        )
