"""Users as AWS has them: named in every call of a role, with `AIDA…` ids, not deleted in use."""

from irkit.world.aws.answer import Answer, ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import amends, checks
from irkit.world.aws.wire import ApiCall


@checks(
    "iam:CreateAccessKey",
    "iam:DeleteAccessKey",
    "iam:GetUser",
    "iam:ListAccessKeys",
    "iam:ListMFADevices",
    "iam:UpdateAccessKey",
)
def refuse_nameless_calls(_cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Refuse a call about "my own user" from somebody who has no user."""
    credential = caller.credential
    if credential.is_role and not credential.is_root and not call.text("UserName"):
        raise ApiError(
            "ValidationError", "Must specify userName when calling with non-User credentials"
        )


@checks("iam:DeleteUser")
def refuse_users_in_use(cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Refuse to delete a user who still has keys, policies, groups or a password."""
    iam = cloud.iam(caller.account)
    user = iam.users.get(call.text("UserName"))
    if user is None:
        return
    in_group = any(user in group.users for group in iam.groups.values())
    attached = user.access_keys or user.policies or user.managed_policies or user.password
    if attached or in_group:
        raise ApiError(
            "DeleteConflict",
            "Cannot delete entity, must delete access keys and policies first.",
            409,
        )


@amends("iam:CreateUser")
def give_user_id(cloud: Cloud, call: ApiCall, caller: Caller, answer: Answer) -> Answer:
    """Give a new user an `AIDA…` id, as every other AWS API expects."""
    user = cloud.iam(caller.account).users[call.text("UserName")]
    old = user.id
    user.id = cloud.new_user_id(caller.account)
    body = answer.body.replace(old.encode(), user.id.encode())
    return Answer(status=answer.status, headers=_without_length(answer), body=body)


def _without_length(answer: Answer) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in answer.headers if pair[0].lower() != "content-length")
