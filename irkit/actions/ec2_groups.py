"""irkit's two security groups of a network: one that allows everything, one that allows nothing.

Their names follow from the network's id, so that every isolation in it shares them and a second
run makes none. A group is `absent`, `unfinished` (made, but not with its rules yet), `open` or
`closed`.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal, TypeAlias

from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.ec2_instances import Place
from irkit.actions.refusal import still_used
from irkit.actions.shape import entries, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.change import Target
from irkit.providers.call import Reply

OPEN: Final = "irkit-open"
QUARANTINE: Final = "irkit-quarantine"

GroupState: TypeAlias = Literal["absent", "unfinished", "open", "closed"]

_EVERYTHING: Final[Json] = [
    {
        "IpProtocol": "-1",
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
    }
]
_AS_MADE: Final[Json] = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
"""What AWS lets out of a new group in every network; where there is IPv6, that is seen later."""

_DESCRIPTIONS: Final = {
    OPEN: "irkit: interfaces pass through this group so that their flows end",
    QUARANTINE: "irkit: machines cut off the network",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """One of the two groups, in one network."""

    vpc: str
    name: str

    @property
    def group_name(self) -> str:
        """The group's name in AWS."""
        return f"{self.name}-{self.vpc}"

    @property
    def change_id(self) -> str:
        """The id of the change that makes it."""
        return self.group_name

    @property
    def goal(self) -> GroupState:
        """What the group shall let through."""
        return "open" if self.name == OPEN else "closed"


def group_target(seen: JsonObject, fence: Fence) -> Target:
    """Return the group as a target; its id says network and purpose, because it may not exist."""
    tenant = f"aws:{text(seen, 'account')}"
    label = f"{fence.group_name} in {text(seen, 'region')}"
    return Target(
        kind="aws.security_group", tenant=tenant, id=f"{fence.vpc}/{fence.name}", label=label
    )


async def see_groups(readers: Readers, place: Place, networks: list[str]) -> list[Json]:
    """Return irkit's groups in `networks`, with what they let through."""
    found: list[Json] = []
    for vpc in networks:
        for fence in (Fence(vpc=vpc, name=OPEN), Fence(vpc=vpc, name=QUARANTINE)):
            group = await _find(readers, place, fence)
            if group is not None:
                state = _judge(group, fence)
                entry: JsonObject = {
                    "vpc": vpc,
                    "name": fence.name,
                    "id": text(group, "GroupId"),
                    "state": state,
                }
                found.append(entry)
    return found


def fence_state(seen: JsonObject, fence: Fence) -> str:
    """Return the state of the group in what was seen."""
    for item in entries(seen, "fences"):
        if (item["vpc"], item["name"]) == (fence.vpc, fence.name):
            return text(item, "state")
    return "absent"


async def make_group(readers: Readers, writers: Writers, place: Place, fence: Fence) -> Applied:
    """Make the group where it is missing, and give it its rules."""
    ids: list[str] = []
    group = await _find(readers, place, fence)
    if group is None:
        made = await _send(
            writers,
            place,
            "create_security_group",
            {
                "GroupName": fence.group_name,
                "Description": _DESCRIPTIONS[fence.name],
                "VpcId": fence.vpc,
            },
        )
        ids.append(made.request_id)
        group = await _find(readers, place, fence) or {
            "GroupId": text(made.body, "GroupId"),
            "IpPermissions": [],
            "IpPermissionsEgress": _AS_MADE,
        }
    if fence.name == OPEN:
        ids += await _open(writers, place, group)
    else:
        ids += await _close(writers, place, group)
    return Applied(request_ids=tuple(ids), status=HTTPStatus.OK)


async def _close(writers: Writers, place: Place, group: JsonObject) -> list[str]:
    """Take every rule out of the group, each exactly as AWS states it."""
    ids: list[str] = []
    for operation, rules in (
        ("revoke_security_group_egress", _rules(group, "IpPermissionsEgress")),
        ("revoke_security_group_ingress", _rules(group, "IpPermissions")),
    ):
        if rules:
            given: dict[str, Json] = {"GroupId": group["GroupId"], "IpPermissions": [*rules]}
            ids.append((await _send(writers, place, operation, given)).request_id)
    return ids


async def delete_group(readers: Readers, writers: Writers, place: Place, fence: Fence) -> Applied:
    """Delete the group.

    Raises:
        IrkitError: if an interface still uses it.
    """
    group = await _find(readers, place, fence)
    if group is None:
        return Applied()
    group_id = text(group, "GroupId")
    found = await place.where.listed(
        readers,
        "ec2",
        "describe_network_interfaces",
        "NetworkInterfaces",
        {"Filters": [{"Name": "group-id", "Values": [group_id]}]},
    )
    users = [text(item, "NetworkInterfaceId") for item in found]
    if users:
        raise still_used(fence.group_name, ", ".join(users))
    gone = await _send(writers, place, "delete_security_group", {"GroupId": group_id})
    return Applied(request_ids=(gone.request_id,), status=gone.status)


async def _open(writers: Writers, place: Place, group: JsonObject) -> list[str]:
    if _judge_rules(_rules(group, "IpPermissions")):
        return []
    given: dict[str, Json] = {"GroupId": group["GroupId"], "IpPermissions": _EVERYTHING}
    sent = await _send(writers, place, "authorize_security_group_ingress", given)
    return [sent.request_id]


async def _find(readers: Readers, place: Place, fence: Fence) -> "JsonObject | None":
    filters: Json = [
        {"Name": "group-name", "Values": [fence.group_name]},
        {"Name": "vpc-id", "Values": [fence.vpc]},
    ]
    found = await place.where.listed(
        readers, "ec2", "describe_security_groups", "SecurityGroups", {"Filters": filters}
    )
    return next(iter(found), None)


async def _send(writers: Writers, place: Place, operation: str, given: dict[str, Json]) -> Reply:
    reply, _ = await writers.aws.send(
        "ec2", operation, given, account=place.account, region=place.region
    )
    return reply


def _judge(group: JsonObject, fence: Fence) -> GroupState:
    """Say what the group lets through; anything but its purpose is unfinished."""
    inward, outward = _rules(group, "IpPermissions"), _rules(group, "IpPermissionsEgress")
    if fence.name == OPEN:
        return "open" if _judge_rules(inward) and _judge_rules(outward) else "unfinished"
    return "unfinished" if inward or outward else "closed"


def _judge_rules(rules: tuple[JsonObject, ...]) -> bool:
    """Say whether `rules` let everything through."""
    return any(
        maybe_text(rule, "IpProtocol") == "-1"
        and any(maybe_text(r, "CidrIp") == "0.0.0.0/0" for r in entries(rule, "IpRanges"))
        for rule in rules
    )


def _rules(group: JsonObject, name: str) -> tuple[JsonObject, ...]:
    return entries(group, name)
