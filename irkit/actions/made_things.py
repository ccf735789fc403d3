"""What CloudTrail events say was made, and whether it is still there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from irkit.actions.absent import IAM, says
from irkit.actions.base import Readers
from irkit.actions.shape import at, entries, maybe_text
from irkit.actions.trace.events import instances_of, succeeded
from irkit.actions.where import HOME, Where
from irkit.canonical import Json, JsonObject
from irkit.providers.call import CallError

_MAKING: Final = (
    "Add",
    "Associate",
    "Attach",
    "Authorize",
    "Copy",
    "Create",
    "Enable",
    "Import",
    "Modify",
    "Put",
    "Register",
    "Request",
    "Run",
    "Set",
    "Update",
    "Upload",
)
_GONE: Final = frozenset({"shutting-down", "terminated"})
_ABSENT: Final = (
    *IAM,
    "InvalidGroup.NotFound",
    "InvalidInstanceID.NotFound",
    "InvalidSnapshot.NotFound",
    "NoSuchBucket",
    "ResourceNotFoundException",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something an event made: its kind, its name, and whose it is where it is a principal's."""

    kind: str
    name: str
    owner: str = ""


Found = Callable[[JsonObject], Thing]


def makes(event: JsonObject) -> bool:
    """Say whether the event is of making or changing something, or of trying to."""
    name = maybe_text(event, "eventName")
    reads = at(event, "readOnly") is True
    signs_in = maybe_text(event, "eventSource").startswith("sts.")
    return name.startswith(_MAKING) and not reads and not signs_in


def things_of(event: JsonObject) -> Iterator[Thing]:
    """Yield what the event made; what is not known by name is named by the operation alone."""
    name = maybe_text(event, "eventName")
    machines = instances_of(event)
    if machines:
        yield from (Thing(kind="instance", name=arn) for arn in machines)
        return
    known = next((found for start, found in _KINDS.items() if name.startswith(start)), None)
    thing = known(event) if known else Thing(kind=name, name="")
    yield thing


def _response(kind: str, *path: str, owner: tuple[str, ...] = ()) -> Found:
    def find(event: JsonObject) -> Thing:
        named = maybe_text(event, "responseElements", *path)
        whose = maybe_text(event, *owner) if owner else ""
        return Thing(kind=kind, name=named, owner=whose)

    return find


def _request(kind: str, name: str, owner: str = "") -> Found:
    def find(event: JsonObject) -> Thing:
        whose = maybe_text(event, "requestParameters", owner) if owner else ""
        named = maybe_text(event, "requestParameters", name)
        return Thing(kind=kind, name=named, owner=whose)

    return find


_KINDS: Final[Mapping[str, Found]] = MappingProxyType(
    {
        "CreateUser": _response("user", "user", "arn"),
        "CreateRole": _response("role", "role", "arn"),
        "CreatePolicyVersion": _request("policy", "policyArn"),
        "CreatePolicy": _response("policy", "policy", "arn"),
        "CreateAccessKey": _response(
            "access_key",
            "accessKey",
            "accessKeyId",
            owner=("responseElements", "accessKey", "userName"),
        ),
        "CreateLoginProfile": _request("console_password", "userName"),
        "PutUserPolicy": _request("user_policy", "policyName", "userName"),
        "PutRolePolicy": _request("role_policy", "policyName", "roleName"),
        "AttachUserPolicy": _request("attached_to_user", "policyArn", "userName"),
        "AttachRolePolicy": _request("attached_to_role", "policyArn", "roleName"),
        "UpdateAssumeRolePolicy": _request("trust", "roleName"),
        "CreateSecurityGroup": _response("security_group", "groupId"),
        "CreateSnapshot": _response("snapshot", "snapshotId"),
        "CreateFunction": _response("function", "functionArn"),
        "CreateBucket": _request("bucket", "bucketName"),
    }
)
"""By how an operation's name begins: some carry the date of their API at the end."""


RIGHTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ec2:DescribeInstances": "a machine was made",
        "ec2:DescribeSecurityGroups": "a security group was made",
        "ec2:DescribeSnapshots": "a snapshot was made",
        "iam:GetLoginProfile": "a console password was made",
        "iam:GetPolicy": "a policy or a version of one was made",
        "iam:GetRole": "a role or its trust was made",
        "iam:GetRolePolicy": "a policy was put into a role",
        "iam:GetUser": "a user was made",
        "iam:GetUserPolicy": "a policy was put into a user",
        "iam:ListAccessKeys": "an access key was made",
        "iam:ListAttachedRolePolicies": "a policy was attached to a role",
        "iam:ListAttachedUserPolicies": "a policy was attached to a user",
        "lambda:GetFunction": "a function was made",
        "s3:GetBucketLocation": "a bucket was made",
    }
)
"""When it takes which right to see whether a thing is there."""


async def exists(readers: Readers, account: str, region: str, thing: Thing) -> "bool | None":
    """Say whether the thing is there; None if that is not known how to ask, or was not answered.

    Raises:
        CallError: if AWS does not answer.
    """
    asked = _ASKED.get(thing.kind)
    if asked is None or not thing.name:
        return None
    service, operation, given = asked
    where = Where(account=account, region=region or HOME)
    try:
        body = await where.read(readers, service, operation, given(thing))
    except CallError as error:
        if says(error, _ABSENT):
            return False
        raise
    return _is_there(thing, body)


def _is_there(thing: Thing, body: Json) -> bool:
    if thing.kind == "access_key":
        keys = entries(body, "AccessKeyMetadata")
        return any(at(key, "AccessKeyId") == thing.name for key in keys)
    if thing.kind in {"attached_to_user", "attached_to_role"}:
        attached = entries(body, "AttachedPolicies")
        return any(at(policy, "PolicyArn") == thing.name for policy in attached)
    if thing.kind == "instance":
        machines = [
            machine
            for reservation in entries(body, "Reservations")
            for machine in entries(reservation, "Instances")
        ]
        return any(maybe_text(machine, "State", "Name") not in _GONE for machine in machines)
    return True


def _last(name: str) -> str:
    return name.rpartition("/")[2]


Asked = tuple[str, str, Callable[[Thing], dict[str, Json]]]

_ASKED: Final[Mapping[str, Asked]] = MappingProxyType(
    {
        "user": ("iam", "get_user", lambda t: {"UserName": _last(t.name)}),
        "role": ("iam", "get_role", lambda t: {"RoleName": _last(t.name)}),
        "policy": ("iam", "get_policy", lambda t: {"PolicyArn": t.name}),
        "access_key": ("iam", "list_access_keys", lambda t: {"UserName": t.owner}),
        "console_password": ("iam", "get_login_profile", lambda t: {"UserName": t.name}),
        "user_policy": (
            "iam",
            "get_user_policy",
            lambda t: {"UserName": t.owner, "PolicyName": t.name},
        ),
        "role_policy": (
            "iam",
            "get_role_policy",
            lambda t: {"RoleName": t.owner, "PolicyName": t.name},
        ),
        "attached_to_user": (
            "iam",
            "list_attached_user_policies",
            lambda t: {"UserName": t.owner},
        ),
        "attached_to_role": (
            "iam",
            "list_attached_role_policies",
            lambda t: {"RoleName": t.owner},
        ),
        "security_group": ("ec2", "describe_security_groups", lambda t: {"GroupIds": [t.name]}),
        "snapshot": ("ec2", "describe_snapshots", lambda t: {"SnapshotIds": [t.name]}),
        "instance": ("ec2", "describe_instances", lambda t: {"InstanceIds": [_last(t.name)]}),
        "function": ("lambda", "get_function", lambda t: {"FunctionName": t.name}),
        "bucket": ("s3", "get_bucket_location", lambda t: {"Bucket": t.name}),
    }
)


def made_by(event: JsonObject, account: str, thing: Thing) -> dict[str, Json]:
    """Return one row: what was made, by which call, and whether the call succeeded."""
    return {
        "account": account,
        "region": maybe_text(event, "awsRegion"),
        "kind": thing.kind,
        "name": thing.name,
        "owner": thing.owner,
        "at": maybe_text(event, "eventTime"),
        "event": maybe_text(event, "eventName"),
        "by": maybe_text(event, "userIdentity", "arn"),
        "access_key": maybe_text(event, "userIdentity", "accessKeyId"),
        "source_ip": maybe_text(event, "sourceIPAddress"),
        "succeeded": succeeded(event),
        "error": maybe_text(event, "errorCode"),
    }
