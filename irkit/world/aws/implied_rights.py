"""Rights that a call takes besides its own: to tag what it makes, to hand a role on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from moto.iam.models import iam_backends

from irkit.world.aws.cloud import Caller
from irkit.world.aws.iam_view import PARTITION
from irkit.world.aws.wire import ApiCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """One more action that is asked about, on what, with which condition key."""

    action: str
    resource: str
    key: str
    value: str


def implied_rights(call: ApiCall, caller: Caller) -> Iterator[Implied]:
    """Yield what else `caller` must be allowed for this call."""
    if call.signing_name != "ec2":
        return
    specifications = call.params.get("TagSpecifications")
    if isinstance(specifications, list) and any(map(_has_tags, specifications)):
        yield Implied(
            action="ec2:CreateTags", resource="*", key="ec2:CreateAction", value=call.operation
        )
    profile = call.params.get("IamInstanceProfile")
    if isinstance(profile, Mapping):
        for role in _roles(caller.account, profile):
            yield Implied(
                action="iam:PassRole",
                resource=role,
                key="iam:PassedToService",
                value="ec2.amazonaws.com",
            )


def _has_tags(specification: object) -> bool:
    return isinstance(specification, Mapping) and bool(specification.get("Tags"))


def _roles(account: str, profile: Mapping[str, object]) -> Iterator[str]:
    named = str(profile.get("Name") or str(profile.get("Arn", "")).rpartition("/")[2])
    for found in iam_backends[account][PARTITION].instance_profiles.values():
        if found.name == named:
            yield from (str(role.arn) for role in found.roles)
