"""Access entries of EKS clusters, which moto has not: who may enter a cluster, and as what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall


@dataclass(slots=True, kw_only=True)
class AccessEntry:
    """What one principal is in one cluster; `policies` are the scopes of policies by ARN."""

    type: str
    username: str
    groups: list[str]
    tags: dict[str, str]
    policies: dict[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class AccessEntries:
    """All entries: by account, region, cluster and principal."""

    entries: dict[tuple[str, str, str, str], AccessEntry] = field(default_factory=dict)


@handles("eks:DescribeAccessEntry")
def describe_access_entry(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Return an entry."""
    return _shown(call, caller, _found(cloud, call, caller))


@handles("eks:CreateAccessEntry")
def create_access_entry(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Make an entry; a principal has one in a cluster."""
    held, key = cloud.own(AccessEntries).entries, _key(call, caller)
    if key in held:
        raise ApiError("ResourceInUseException", "The access entry is already in use.", 409)
    tags = call.params.get("tags")
    held[key] = AccessEntry(
        type=call.text("type") or "STANDARD",
        username=call.text("username") or call.text("principalArn"),
        groups=list(call.texts("kubernetesGroups")),
        tags={str(k): str(v) for k, v in tags.items()} if isinstance(tags, Mapping) else {},
    )
    return _shown(call, caller, held[key])


@handles("eks:DeleteAccessEntry")
def delete_access_entry(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Delete an entry with all its associations."""
    _found(cloud, call, caller)
    del cloud.own(AccessEntries).entries[_key(call, caller)]
    return Result()


@handles("eks:ListAssociatedAccessPolicies")
def list_associated_access_policies(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Return an entry's policies."""
    found = _found(cloud, call, caller)
    return Result(
        members={
            "clusterName": call.text("clusterName"),
            "principalArn": call.text("principalArn"),
            "associatedAccessPolicies": [
                {"policyArn": arn, "accessScope": scope} for arn, scope in found.policies.items()
            ],
        }
    )


@handles("eks:AssociateAccessPolicy")
def associate_access_policy(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Give an entry a policy; a second time its scope is replaced."""
    found, scope = _found(cloud, call, caller), call.params.get("accessScope")
    found.policies[call.text("policyArn")] = scope if isinstance(scope, Mapping) else {}
    return Result(
        members={
            "clusterName": call.text("clusterName"),
            "principalArn": call.text("principalArn"),
            "associatedAccessPolicy": {"policyArn": call.text("policyArn"), "accessScope": scope},
        }
    )


def _key(call: ApiCall, caller: Caller) -> tuple[str, str, str, str]:
    return caller.account, call.region, call.text("clusterName"), call.text("principalArn")


def _found(cloud: Cloud, call: ApiCall, caller: Caller) -> AccessEntry:
    found = cloud.own(AccessEntries).entries.get(_key(call, caller))
    if found is None:
        raise ApiError(
            "ResourceNotFoundException", "The specified principalArn could not be found.", 404
        )
    return found


def _shown(call: ApiCall, caller: Caller, found: AccessEntry) -> Result:
    cluster, principal = call.text("clusterName"), call.text("principalArn")
    shown = {
        "clusterName": cluster,
        "principalArn": principal,
        "kubernetesGroups": found.groups,
        "accessEntryArn": (
            f"arn:aws:eks:{call.region}:{caller.account}:access-entry/{cluster}/"
            f"{principal.rpartition('/')[2]}"
        ),
        "tags": found.tags,
        "username": found.username,
        "type": found.type,
    }
    return Result(members={"accessEntry": shown})
