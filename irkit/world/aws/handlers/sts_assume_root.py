"""`sts:AssumeRoot`: a session as a member account's root user that can do one task."""

from collections.abc import Mapping
from typing import Final

from irkit.canonical import Json
from irkit.model.access import Credential, CredentialKind, Policy, decide, parse_policy
from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.authorise import denied, request_for
from irkit.world.aws.cloud import Caller, Cloud, policies_for, root_view
from irkit.world.aws.issue import credentials_result, issue
from irkit.world.aws.registry import handles
from irkit.world.aws.resources import Subject
from irkit.world.aws.wire import ApiCall

_LONGEST: Final = 900
_TASKS: Final = "arn:aws:iam::aws:policy/root-task/"
_LOOKS: Final = (
    "iam:GetAccessKeyLastUsed",
    "iam:GetAccountSummary",
    "iam:GetLoginProfile",
    "iam:GetUser",
    "iam:ListAccessKeys",
    "iam:ListMFADevices",
    "iam:ListSigningCertificates",
)
_REMOVES: Final = (
    "iam:DeactivateMFADevice",
    "iam:DeleteAccessKey",
    "iam:DeleteLoginProfile",
    "iam:DeleteSigningCertificate",
)


def _task(name: str, actions: tuple[str, ...]) -> Policy:
    statement: Json = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return parse_policy({"Version": "2012-10-17", "Statement": [statement]}, f"{_TASKS}{name}")


_POLICIES: Final[Mapping[str, Policy]] = {
    policy.name: policy
    for policy in (
        _task("IAMAuditRootUserCredentials", _LOOKS),
        _task("IAMDeleteRootUserCredentials", (*_LOOKS, *_REMOVES)),
    )
}


@handles("sts:AssumeRoot")
def assume_root(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Let the management account in as root of a member account, for one of AWS's tasks."""
    account = call.text("TargetPrincipal")
    task = call.params.get("TaskPolicyArn")
    arn = str(task.get("arn", "")) if isinstance(task, Mapping) else ""
    if arn not in _POLICIES:
        raise ApiError("ValidationError", f"The task policy {arn} is not supported.")
    subject = Subject(arn=f"arn:aws:iam::{account}:root")
    request = request_for(cloud, call, subject, **{"sts:TaskPolicyArn": (arn,)})
    decision = decide(caller.credential, policies_for(cloud.effective(), caller), request)
    member = account in cloud.account_ids and account != cloud.management
    if not decision.allowed or not member or caller.account != cloud.management:
        raise denied(caller, call, subject, decision)
    if call.number("DurationSeconds", _LONGEST) > _LONGEST:
        raise ApiError("ValidationError", "DurationSeconds must be 900 seconds or less.")
    session = issue(
        cloud,
        credential=Credential(
            kind=CredentialKind.ROLE_SESSION,
            account=account,
            principal_arn=subject.arn,
            user_id=account,
            name="root",
        ),
        holder=root_view(account),
        duration=_LONGEST,
        policies=(_POLICIES[arn],),
    )
    return Result(members={"Credentials": credentials_result(session)})
