"""What belongs to whom: kinds of target that are a principal's own, and the principal's kind.

The id of a thing that belongs to a principal is written `owner/own` (`AIDA…/AKIA…`). Protecting or
limiting a principal covers all that is its own.
"""

from collections.abc import Mapping
from typing import Final

from irkit.model.change import Change, Target

OWNERS: Final[Mapping[str, str]] = {
    "aws.access_key": "aws.user",
    "aws.account_setting": "aws.account",
    "aws.auto_scaling_group_setting": "aws.auto_scaling_group",
    "aws.bucket_setting": "aws.bucket",
    "aws.console_password": "aws.user",
    "aws.database_setting": "aws.database",
    "aws.function_setting": "aws.function",
    "aws.group_membership": "aws.user",
    "aws.identity_center_access": "aws.identity_center_user",
    "aws.instance_setting": "aws.instance",
    "aws.kms_key_setting": "aws.kms_key",
    "aws.mfa_device": "aws.user",
    "aws.network_interface": "aws.instance",
    "aws.role_session": "aws.role",
    "aws.root_credential": "aws.root",
    "aws.trail_setting": "aws.trail",
    "aws.user_credential": "aws.user",
    "okta.admin_role": "okta.user",
    "okta.api_token": "okta.user",
    "okta.app_assignment": "okta.user",
    "okta.app_scope": "okta.app",
    "okta.app_secret": "okta.app",
    "okta.app_tokens": "okta.app",
    "okta.client_role": "okta.app",
    "okta.factor": "okta.user",
    "okta.factors": "okta.user",
    "okta.grants": "okta.user",
    "okta.group_denial": "okta.group",
    "okta.group_role": "okta.group",
    "okta.idp_link": "okta.user",
    "okta.membership": "okta.user",
    "okta.policy_rule": "okta.policy",
    "okta.user_client": "okta.user",
}


def touched(target: Target) -> tuple[Target, ...]:
    """Return `target` and the principal it belongs to, if any: what guards must look at."""
    owner_kind = OWNERS.get(target.kind)
    owner, slash, _ = target.id.partition("/")
    if owner_kind is None or not slash:
        return (target,)
    owner_target = Target(kind=owner_kind, tenant=target.tenant, id=owner, label=target.label)
    return (target, owner_target)


_REACHES_MEMBERS: Final = frozenset({"okta.group_denial", "okta.group_role"})
"""Kinds of target that are a group's own and hit its members: what is changed names them."""


def reaches_members(target: Target) -> bool:
    """Say whether changing `target` hits the members of a group."""
    return target.kind in _REACHES_MEMBERS


def reached(change: Change) -> tuple[Target, ...]:
    """Return what a change touches, and the members of a group that it reaches."""
    target = change.target
    if not reaches_members(target) or not isinstance(change.saved, Mapping):
        return touched(target)
    members = change.saved.get("members")
    users = members if isinstance(members, list | tuple) else ()
    return (
        *touched(target),
        *(
            Target(kind="okta.user", tenant=target.tenant, id=str(user), label=target.label)
            for user in users
        ),
    )
