"""Policy documents that AWS would not store: malformed ones, and inline ones that are too long."""

import re
from typing import Final

from irkit.model.access import PolicyError, parse_policy
from irkit.world.aws.answer import ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import checks
from irkit.world.aws.wire import ApiCall

_USER_QUOTA: Final = 2_048
_ROLE_QUOTA: Final = 10_240
_GROUP_QUOTA: Final = 5_120
_SPACE: Final = re.compile(r"\s+")


@checks("iam:PutUserPolicy", "iam:PutRolePolicy", "iam:PutGroupPolicy", "iam:CreatePolicy")
def refuse_malformed_documents(_cloud: Cloud, call: ApiCall, _caller: Caller) -> None:
    """Refuse what is no identity policy."""
    try:
        policy = parse_policy(call.text("PolicyDocument"))
    except PolicyError as error:
        raise ApiError("MalformedPolicyDocument", str(error)) from error
    if any(statement.principals is not None for statement in policy.statements):
        raise ApiError("MalformedPolicyDocument", "Policy document should not specify a principal.")


@checks("iam:UpdateAssumeRolePolicy", "iam:CreateRole")
def refuse_malformed_trust(_cloud: Cloud, call: ApiCall, _caller: Caller) -> None:
    """Refuse what is no trust policy."""
    document = call.text("PolicyDocument") or call.text("AssumeRolePolicyDocument")
    try:
        policy = parse_policy(document)
    except PolicyError as error:
        raise ApiError("MalformedPolicyDocument", str(error)) from error
    if any(statement.principals is None for statement in policy.statements):
        raise ApiError("MalformedPolicyDocument", "Missing required field Principal")


@checks("iam:PutUserPolicy", "iam:PutRolePolicy", "iam:PutGroupPolicy")
def refuse_long_documents(cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Hold the quota on all inline policies of one principal together; white space is free."""
    documents = _inline_documents(cloud, call, caller)
    documents[call.text("PolicyName")] = call.text("PolicyDocument")
    quota, kind = _quota(call)
    used = sum(len(_SPACE.sub("", document)) for document in documents.values())
    if used > quota:
        raise ApiError(
            "LimitExceeded", f"Maximum policy size of {quota} bytes exceeded for {kind}", 409
        )


def _quota(call: ApiCall) -> tuple[int, str]:
    if call.text("UserName"):
        return _USER_QUOTA, f"user {call.text('UserName')}"
    if call.text("RoleName"):
        return _ROLE_QUOTA, f"role {call.text('RoleName')}"
    return _GROUP_QUOTA, f"group {call.text('GroupName')}"


def _inline_documents(cloud: Cloud, call: ApiCall, caller: Caller) -> dict[str, str]:
    iam = cloud.iam(caller.account)
    roles = {role.name: role for role in iam.roles.values()}
    holder = (
        iam.users.get(call.text("UserName"))
        or roles.get(call.text("RoleName"))
        or iam.groups.get(call.text("GroupName"))
    )
    return dict(holder.policies) if holder else {}
