"""Condition keys of a request that come from the call itself, after the authorization reference."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from moto.organizations.models import organizations_backends

from irkit.world.aws.cloud import Cloud
from irkit.world.aws.iam_view import PARTITION
from irkit.world.aws.wire import ApiCall

Keys: TypeAlias = Mapping[str, tuple[str, ...]]


def request_keys(cloud: Cloud, call: ApiCall) -> Keys:
    """Return the keys that a call of this service has beyond those of every call."""
    finder = _FINDERS.get(call.signing_name)
    return {} if finder is None else finder(cloud, call)


def _organizations(cloud: Cloud, call: ApiCall) -> Keys:
    """Return the type of the policy that a call makes or is about."""
    kind = call.text("Type")
    policy = call.text("PolicyId")
    if policy:
        known = organizations_backends[cloud.management][PARTITION].policies
        kind = next((found.type for found in known if found.id == policy), "")
    return {"organizations:PolicyType": (kind,)} if kind else {}


_FINDERS: Final[Mapping[str, Callable[[Cloud, ApiCall], Keys]]] = MappingProxyType(
    {"organizations": _organizations}
)
