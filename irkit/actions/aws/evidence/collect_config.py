"""How one resource is set up now, as AWS says it, before anything changes it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.refusal import no_such
from irkit.actions.shape import entry, listed
from irkit.actions.where import HOME, Where
from irkit.canonical import Json, JsonObject, canonical
from irkit.model.spec import Permissions, Spec, Verb
from irkit.providers.call import CallError
from irkit.secret import MASK

_ARN: Final = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12})?:([\w-]+[/:])?(.+)")
_NAME: Final = "{name}"
_ABSENT: Final = frozenset(
    {
        "InvalidGroup.NotFound",
        "InvalidInstanceID.NotFound",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchEntity",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NotFoundException",
        "ReplicationConfigurationNotFoundError",
        "ResourceNotFoundException",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
"""The provider's words for a part that was never set, or a resource that is not there."""

_SECRET: Final = frozenset({"Variables", "UserData", "Location"})
"""Fields that hold secrets: a function's environment, a machine's start script, a signed link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One read of a resource; `{name}` in a parameter stands for the resource's name."""

    service: str
    operation: str
    given: tuple[tuple[str, str], ...]
    many: bool = False

    def parameters(self, name: str) -> dict[str, Json]:
        """Return the parameters that name the resource."""
        values = {key: value.replace(_NAME, name) for key, value in self.given}
        return {key: [value] if self.many else value for key, value in values.items()}


def _parts(service: str, parameter_name: str, *operations: str) -> tuple[_Part, ...]:
    given = ((parameter_name, _NAME),)
    return tuple(_Part(service=service, operation=name, given=given) for name in operations)


_RIGHTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "bucket": (
            "s3:GetBucketAcl",
            "s3:GetBucketLocation",
            "s3:GetBucketPolicy",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketVersioning",
            "s3:GetLifecycleConfiguration",
            "s3:GetReplicationConfiguration",
        ),
        "function": (
            "lambda:GetFunction",
            "lambda:GetFunctionConcurrency",
            "lambda:GetPolicy",
            "lambda:ListEventSourceMappings",
        ),
        "instance": ("ec2:DescribeInstanceAttribute", "ec2:DescribeInstances"),
        "key": ("kms:DescribeKey", "kms:ListGrants"),
        "role": (
            "iam:GetRole",
            "iam:ListAttachedRolePolicies",
            "iam:ListInstanceProfilesForRole",
            "iam:ListRolePolicies",
        ),
        "secret": ("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"),
        "security-group": ("ec2:DescribeSecurityGroups",),
        "user": (
            "iam:GetUser",
            "iam:ListAccessKeys",
            "iam:ListAttachedUserPolicies",
            "iam:ListGroupsForUser",
            "iam:ListMFADevices",
            "iam:ListUserPolicies",
        ),
    }
)
"""What looking at each kind of resource takes."""

_INSTANCE: Final = (
    _Part(
        service="ec2", operation="describe_instances", given=(("InstanceIds", _NAME),), many=True
    ),
    _Part(
        service="ec2",
        operation="describe_instance_attribute",
        given=(("InstanceId", _NAME), ("Attribute", "disableApiTermination")),
    ),
)
_GROUP: Final = (
    _Part(
        service="ec2", operation="describe_security_groups", given=(("GroupIds", _NAME),), many=True
    ),
)
_KINDS: Final = {
    ("ec2", "instance"): _INSTANCE,
    ("ec2", "security-group"): _GROUP,
    ("iam", "role"): _parts(
        "iam",
        "RoleName",
        "get_role",
        "list_role_policies",
        "list_attached_role_policies",
        "list_instance_profiles_for_role",
    ),
    ("iam", "user"): _parts(
        "iam",
        "UserName",
        "get_user",
        "list_user_policies",
        "list_attached_user_policies",
        "list_groups_for_user",
        "list_access_keys",
        "list_mfa_devices",
    ),
    ("kms", "key"): _parts("kms", "KeyId", "describe_key", "list_grants"),
    ("lambda", "function"): (
        *_parts(
            "lambda",
            "FunctionName",
            "get_function",
            "get_function_concurrency",
            "get_policy",
            "list_event_source_mappings",
        ),
    ),
    ("s3", ""): _parts(
        "s3",
        "Bucket",
        "get_bucket_location",
        "get_bucket_policy",
        "get_bucket_acl",
        "get_public_access_block",
        "get_bucket_versioning",
        "get_bucket_lifecycle_configuration",
        "get_bucket_replication",
    ),
    ("secretsmanager", "secret"): _parts(
        "secretsmanager", "SecretId", "describe_secret", "get_resource_policy"
    ),
}
"""What is read of each kind of resource, by its service and the first word of its ARN's end."""

_BUCKET: Final = "bucket"
"""What the ARN of a bucket leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectConfig(Read):
    """Returns each part of one resource's setup, with a digest over all."""

    spec: ClassVar[Spec] = Spec(
        id="aws.evidence.collect_config",
        version=1,
        verb=Verb.READ,
        summary="Record how an AWS resource is set up",
        needs=("aws",),
        permissions=Permissions(
            iam_read=tuple(sorted({right for rights in _RIGHTS.values() for right in rights})),
            only={
                right: f"the resource is of the kind {kind}"
                for kind, rights in _RIGHTS.items()
                for right in rights
            },
            by_kind=_RIGHTS,
        ),
        d3fend=("D3-FH",),
        gotchas=(
            "Secret values, a function's environment and a machine's start script are masked.",
            "It is the setup only: not the disk, the memory, the code or the objects.",
            "A part that was never set is null; one that could not be read is a gap.",
        ),
        result={
            "type": "object",
            "properties": {
                "arn": {"type": "string"},
                "parts": {"type": "object"},
                "digest": {"type": "string"},
            },
        },
    )

    resource: str = parameter("text", "The resource's ARN")
    account: str = parameter("aws.account", "The account, where the ARN has none", default="")
    kind: str = parameter(
        "text",
        f"What it must be ({', '.join(sorted(_RIGHTS))}); a step that says so needs fewer rights",
        default="",
    )

    async def read(self, readers: Readers) -> Answer:
        """Read all parts that belong to the kind of resource."""
        where, name, parts = self._found()
        found: dict[str, Json] = {}
        gaps: list[str] = []
        request_ids: list[str] = []
        for part in parts:
            try:
                body = await _whole(readers, where, part, name, request_ids)
            except CallError as error:
                found[part.operation] = None
                if error.error not in _ABSENT:
                    gaps.append(f"{part.operation}: {error.diagnostics[0].summary}")
                continue
            found[part.operation] = _masked(body)
        if found[parts[0].operation] is None and not gaps:
            raise no_such("resource", self.resource, "it was deleted, or the ARN is wrong")
        digest = hashlib.sha256(canonical(found)).hexdigest()
        return Answer(
            value={"arn": self.resource, "parts": found, "digest": f"sha256:{digest}"},
            raw=found,
            complete=not gaps,
            gaps=tuple(gaps),
            request_ids=tuple(request_ids),
        )

    def _found(self) -> tuple[Where, str, tuple[_Part, ...]]:
        match = _ARN.fullmatch(self.resource)
        if match is not None:
            service, region, account, kind, name = match.groups()
            what = (kind or "")[:-1]
            parts = _KINDS.get((service, what))
            owner = account or self.account
            if parts is not None and owner and self.kind in {"", what or _BUCKET}:
                last = name if service != "iam" else name.rpartition("/")[2]
                whole = self.resource if service == "secretsmanager" else last
                return Where(account=owner, region=region or HOME), whole, parts
        known = ", ".join(f"{service}:{kind}".rstrip(":") for service, kind in sorted(_KINDS))
        raise no_such(
            self.kind or "kind of resource",
            self.resource,
            f"give an ARN of {known}, a bucket's with `account`",
        )


async def _whole(
    readers: Readers, where: Where, part: _Part, name: str, request_ids: list[str]
) -> JsonObject:
    """Return one answer that holds the lists of all its pages, end to end."""
    whole: dict[str, Json] = {}
    async for page in readers.aws.pages(
        part.service,
        part.operation,
        part.parameters(name),
        account=where.account,
        region=where.region,
    ):
        request_ids.append(page.request_id)
        last = entry(page.body)
        whole = {key: _joined(whole.get(key), value) for key, value in last.items()}
    return whole


def _joined(before: Json, value: Json) -> Json:
    """Return a field of the next page, after the same list of the pages before it."""
    return [*before, *value] if isinstance(before, list) and isinstance(value, list) else value


def _masked(value: Json) -> Json:
    """Return an answer without the fields that hold secrets."""
    if isinstance(value, dict):
        return {
            key: MASK if key in _SECRET and item else _masked(item)
            for key, item in entry(value).items()
        }
    return listed(map(_masked, value)) if isinstance(value, list | tuple) else value
