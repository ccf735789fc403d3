"""What AWS Organizations refuses and moto accepts: who may call, and the quotas of policies."""

import json
from typing import Any, Final

from moto.organizations.models import organizations_backends

from irkit.model.access import PolicyError, parse_policy
from irkit.world.aws.answer import ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.iam_view import PARTITION
from irkit.world.aws.registry import checks
from irkit.world.aws.wire import ApiCall

_SCP: Final = "SERVICE_CONTROL_POLICY"
_LONGEST: Final = 5_120
_MOST: Final = 5


@checks(
    "organizations:AttachPolicy",
    "organizations:CreatePolicy",
    "organizations:DeletePolicy",
    "organizations:DescribePolicy",
    "organizations:DetachPolicy",
    "organizations:ListPolicies",
    "organizations:ListPoliciesForTarget",
    "organizations:ListRoots",
    "organizations:ListTargetsForPolicy",
    "organizations:UpdatePolicy",
)
def refuse_member_accounts(cloud: Cloud, _call: ApiCall, caller: Caller) -> None:
    """Policies are managed from the management account only."""
    if caller.account != cloud.management:
        raise ApiError(
            "AccessDeniedException", "You don't have permissions to access this resource."
        )


@checks("organizations:CreatePolicy", "organizations:UpdatePolicy")
def refuse_unfit_policies(_cloud: Cloud, call: ApiCall, _caller: Caller) -> None:
    """Hold the length of a service control policy, and that it is one."""
    content = call.text("Content")
    if not content:
        return
    if len(content) > _LONGEST:
        raise ApiError(
            "ConstraintViolationException", "The policy exceeds the maximum size of 5120 bytes."
        )
    try:
        policy = parse_policy(json.loads(content))
    except (PolicyError, ValueError) as error:
        raise ApiError("MalformedPolicyDocumentException", str(error)) from error
    if not policy.statements or any(s.principals is not None for s in policy.statements):
        raise ApiError(
            "MalformedPolicyDocumentException", "The provided policy document is not valid."
        )


@checks("organizations:AttachPolicy")
def refuse_what_is_not_enabled(cloud: Cloud, _call: ApiCall, _caller: Caller) -> None:
    """Attach service control policies only where the organization has them enabled."""
    organization = organizations_backends[cloud.management][PARTITION]
    enabled = [kind["Type"] for root in organization.ou for kind in _types_of(root)]
    if _SCP not in enabled:
        raise ApiError(
            "PolicyTypeNotEnabledException",
            "The specified policy type is not currently enabled for this root.",
        )


def _types_of(node: Any) -> list[dict[str, str]]:
    """Return the kinds of policies that a root has; units have none."""
    return list(getattr(node, "policy_types", ()))


@checks("organizations:AttachPolicy")
def refuse_attachments(cloud: Cloud, call: ApiCall, _caller: Caller) -> None:
    """Attach a policy once, and no more than five of them."""
    attached = _attached(cloud, call.text("TargetId"))
    if call.text("PolicyId") in attached:
        raise ApiError(
            "DuplicatePolicyAttachmentException",
            "The selected policy is already attached to the specified target.",
        )
    if len(attached) >= _MOST:
        raise ApiError(
            "ConstraintViolationException",
            "You have attached the maximum number of policies to the specified target.",
        )


@checks("organizations:DetachPolicy")
def refuse_detachments(cloud: Cloud, call: ApiCall, _caller: Caller) -> None:
    """Detach what is attached, and never the last policy."""
    attached = _attached(cloud, call.text("TargetId"))
    if call.text("PolicyId") not in attached:
        raise ApiError(
            "PolicyNotAttachedException",
            "The policy isn't attached to the specified target in the specified root.",
        )
    if len(attached) == 1:
        raise ApiError(
            "ConstraintViolationException", "You cannot remove the last policy from a target."
        )


def _attached(cloud: Cloud, target: str) -> tuple[str, ...]:
    organization = organizations_backends[cloud.management][PARTITION]
    nodes: list[Any] = [*organization.ou, *organization.accounts]
    return tuple(
        policy.id
        for node in nodes
        if node.id == target
        for policy in node.attached_policies
        if policy.type == _SCP
    )
