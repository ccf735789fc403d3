"""What a call is about: the ARN that policies match, and the names CloudTrail lists.

Only what containment meets is worked out in detail; every other call is about `*`, which is also
what AWS uses for listings.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from irkit.world.aws.iam_view import AccessState, PrincipalView
from irkit.world.aws.naming import changes_something
from irkit.world.aws.wire import ApiCall

_EC2_IDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "NetworkInterfaceId": ("network-interface", "AWS::EC2::NetworkInterface"),
        "InstanceId": ("instance", "AWS::EC2::Instance"),
        "InstanceIds": ("instance", "AWS::EC2::Instance"),
        "SnapshotId": ("snapshot", "AWS::EC2::Snapshot"),
        "VolumeId": ("volume", "AWS::EC2::Volume"),
        "GroupId": ("security-group", "AWS::EC2::SecurityGroup"),
        "SubnetId": ("subnet", "AWS::EC2::Subnet"),
        "VpcId": ("vpc", "AWS::EC2::VPC"),
    }
)
_IAM_NAMES: Final = ("UserName", "RoleName", "GroupName")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one call is about. `listed` are (type, name) pairs for the event history."""

    arn: str = "*"
    account: str = ""
    listed: tuple[tuple[str, str], ...] = ()


def subject_of(call: ApiCall, account: str, caller_name: str, state: AccessState) -> Subject:
    """Return what `call`, made by somebody in `account`, is about."""
    if call.signing_name == "iam":
        return _iam(call, account, caller_name, state)
    finder = _FINDERS.get(call.signing_name, _named_by_arn)
    return finder(call, account)


def _iam(call: ApiCall, account: str, caller_name: str, state: AccessState) -> Subject:
    listed = tuple(_iam_listed(call))
    arn = _iam_arn(call, account, state)
    about_user = "UserName" in (call.model.input_shape.members if call.model.input_shape else {})
    if not arn and about_user and caller_name and not call.operation.startswith("ListUsers"):
        arn = _principal_arn(account, "user", caller_name, state.accounts[account].users)
    return Subject(arn=arn or "*", listed=listed)


def _iam_arn(call: ApiCall, account: str, state: AccessState) -> str:
    view = state.accounts[account]
    for parameter, kind, known in (
        ("UserName", "user", view.users),
        ("RoleName", "role", view.roles),
        ("GroupName", "group", view.groups),
    ):
        if call.text(parameter):
            return _principal_arn(account, kind, call.text(parameter), known)
    for parameter in ("PolicySourceArn", "SAMLProviderArn", "OpenIDConnectProviderArn"):
        if call.text(parameter):
            return call.text(parameter)
    if call.text("InstanceProfileName"):
        return f"arn:aws:iam::{account}:instance-profile/{call.text('InstanceProfileName')}"
    if call.operation == "CreatePolicy":
        return f"arn:aws:iam::{account}:policy{call.text('Path') or '/'}{call.text('PolicyName')}"
    return call.text("PolicyArn")


def _principal_arn(account: str, kind: str, name: str, known: Mapping[str, PrincipalView]) -> str:
    found = known.get(name)
    return found.arn if found else f"arn:aws:iam::{account}:{kind}/{name}"


def _iam_listed(call: ApiCall) -> Iterable[tuple[str, str]]:
    for parameter in _IAM_NAMES:
        if call.text(parameter):
            kind = parameter.removesuffix("Name")
            yield f"AWS::IAM::{kind}", call.text(parameter)
    if call.text("AccessKeyId"):
        yield "AWS::IAM::AccessKey", call.text("AccessKeyId")
    for parameter in ("PolicyArn", "PolicyName"):
        if call.text(parameter):
            yield "AWS::IAM::Policy", call.text(parameter)


def _sts(call: ApiCall, _account: str) -> Subject:
    role = call.text("RoleArn")
    if not role:
        return Subject()
    return Subject(arn=role, account=_account_of(role), listed=(("AWS::IAM::Role", role),))


def _ec2(call: ApiCall, account: str) -> Subject:
    pairs = [
        (parameter, identifier)
        for parameter in _EC2_IDS
        for identifier in (call.text(parameter), *call.texts(parameter))
        if identifier
    ]
    listed = tuple((_EC2_IDS[parameter][1], identifier) for parameter, identifier in pairs)
    if not pairs or not changes_something(call.operation):
        return Subject(listed=listed)
    parameter, identifier = pairs[0]
    arn = f"arn:aws:ec2:{call.region}:{account}:{_EC2_IDS[parameter][0]}/{identifier}"
    return Subject(arn=arn, listed=listed)


def _s3(call: ApiCall, _account: str) -> Subject:
    bucket, key = call.text("Bucket"), call.text("Key")
    if not bucket:
        return Subject()
    arn = f"arn:aws:s3:::{bucket}" + (f"/{key}" if key else "")
    return Subject(arn=arn, listed=(("AWS::S3::Bucket", bucket),))


def _secret(call: ApiCall, account: str) -> Subject:
    secret = call.text("SecretId") or call.text("Name")
    if not secret:
        return Subject()
    arn = secret
    if not secret.startswith("arn:"):
        arn = f"arn:aws:secretsmanager:{call.region}:{account}:secret:{secret}"
    return Subject(arn=arn, listed=(("AWS::SecretsManager::Secret", secret),))


def _function(call: ApiCall, account: str) -> Subject:
    name = call.text("FunctionName")
    if not name:
        return Subject()
    arn = name
    if not name.startswith("arn:"):
        arn = f"arn:aws:lambda:{call.region}:{account}:function:{name}"
    return Subject(arn=arn, listed=(("AWS::Lambda::Function", name),))


def _key(call: ApiCall, account: str) -> Subject:
    key = call.text("KeyId")
    if not key:
        return Subject()
    arn = key if key.startswith("arn:") else f"arn:aws:kms:{call.region}:{account}:key/{key}"
    return Subject(arn=arn, listed=(("AWS::KMS::Key", arn),))


def _named_by_arn(call: ApiCall, _account: str) -> Subject:
    arns = (value for value in call.params.values() if isinstance(value, str))
    return Subject(
        listed=tuple(("AWS::Resource", arn) for arn in arns if arn.startswith("arn:aws:"))
    )


def _account_of(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""  # noqa: PLR2004  # the account is the fifth part


_FINDERS: Final[Mapping[str, Callable[[ApiCall, str], Subject]]] = MappingProxyType(
    {
        "sts": _sts,
        "ec2": _ec2,
        "s3": _s3,
        "secretsmanager": _secret,
        "lambda": _function,
        "kms": _key,
    }
)
