"""One EC2 instance: where it is, and its network interfaces with their groups."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from irkit.actions.absent import or_none
from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.refusal import no_such
from irkit.actions.shape import at, entries, listed, maybe_text, text
from irkit.actions.touches import owned
from irkit.actions.where import Where
from irkit.canonical import Json, JsonObject
from irkit.model.change import Target

_ARN: Final = re.compile(r"arn:aws[\w-]*:ec2:([\w-]+):(\d{12}):instance/(i-[0-9a-f]+)")
_ABSENT: Final = ("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An instance and where it is."""

    account: str
    region: str
    id: str

    @property
    def arn(self) -> str:
        """The instance's ARN."""
        return f"arn:aws:ec2:{self.region}:{self.account}:instance/{self.id}"

    @property
    def where(self) -> Where:
        """The region of the account."""
        return Where(account=self.account, region=self.region)


async def locate(readers: Readers, instance: str, account: str = "", region: str = "") -> Place:
    """Return where the instance is; an ARN says it, an id alone is looked for everywhere.

    Raises:
        IrkitError: if it is nowhere.
    """
    if found := _ARN.fullmatch(instance):
        return Place(account=found[2], region=found[1], id=found[3])
    for place in [p async for p in _places(readers, instance, account, region)]:
        if await _describe(readers, place):
            return place
    raise no_such("EC2 instance", instance, "give its ARN, or its account and region")


async def describe(readers: Readers, place: Place) -> JsonObject:
    """Return what EC2 says of the instance.

    Raises:
        IrkitError: if there is none.
    """
    found = await _describe(readers, place)
    if not found:
        raise no_such("EC2 instance", place.arn, "it was terminated, or the id is wrong")
    return found[0]


def identity(place: Place) -> JsonObject:
    """Return what `instance_target` needs."""
    return {
        "account": place.account,
        "region": place.region,
        "id": place.id,
        "arn": place.arn,
    }


async def see_instance(readers: Readers, place: Place) -> JsonObject:
    """Return the instance's state and its interfaces.

    Raises:
        IrkitError: if there is none.
    """
    found = await describe(readers, place)
    attached = await place.where.listed(
        readers,
        "ec2",
        "describe_network_interfaces",
        "NetworkInterfaces",
        {"Filters": [{"Name": "attachment.instance-id", "Values": [place.id]}]},
    )
    return {
        **identity(place),
        "state": maybe_text(found, "State", "Name"),
        "interfaces": [
            {
                "id": text(item, "NetworkInterfaceId"),
                "vpc": text(item, "VpcId"),
                "groups": listed(
                    sorted(text(group, "GroupId") for group in entries(item, "Groups"))
                ),
            }
            for item in attached
        ],
    }


def interfaces(seen: JsonObject) -> tuple[JsonObject, ...]:
    """Return the interfaces that `see_instance` saw, in the order of their ids."""
    return tuple(sorted(entries(seen, "interfaces"), key=lambda item: text(item, "id")))


def instance_target(seen: JsonObject) -> Target:
    """Return the instance as a target."""
    tenant = f"aws:{text(seen, 'account')}"
    return Target(kind="aws.instance", tenant=tenant, id=text(seen, "id"), label=text(seen, "arn"))


def interface_target(seen: JsonObject, interface: JsonObject) -> Target:
    """Return one interface of the instance as a target."""
    eni = text(interface, "id")
    instance = instance_target(seen)
    return owned("aws.network_interface", instance, eni, f"{eni} of {instance.label}")


async def set_groups(
    writers: Writers, place: Place, interface: str, groups: tuple[str, ...]
) -> Applied:
    """Put an interface into exactly these security groups."""
    reply, _ = await writers.aws.send(
        "ec2",
        "modify_network_interface_attribute",
        {"NetworkInterfaceId": interface, "Groups": listed(groups)},
        account=place.account,
        region=place.region,
    )
    return Applied(request_ids=(reply.request_id,), status=reply.status)


async def read_attribute(readers: Readers, place: Place, name: str) -> Json:
    """Return an attribute of the instance, as `DisableApiStop`; EC2 is asked for one at a time."""
    asked = name[0].lower() + name[1:]
    body = await place.where.read(
        readers,
        "ec2",
        "describe_instance_attribute",
        {"InstanceId": place.id, "Attribute": asked},
    )
    return at(body, name, "Value")


async def set_attribute(writers: Writers, place: Place, name: str, value: Json) -> Applied:
    """Set an attribute of the instance, as `DisableApiStop`."""
    given: dict[str, Json] = {"InstanceId": place.id, name: {"Value": value}}
    return await place.where.send(writers, "ec2", "modify_instance_attribute", {**given})


async def _places(
    readers: Readers, instance: str, account: str, region: str
) -> AsyncIterator[Place]:
    for where in (account,) if account else readers.aws.accounts():
        for there in (region,) if region else await readers.aws.regions(where):
            yield Place(account=where, region=there, id=instance)


async def _describe(readers: Readers, place: Place) -> tuple[JsonObject, ...]:
    call = readers.aws.call(
        "ec2",
        "describe_instances",
        {"InstanceIds": [place.id]},
        account=place.account,
        region=place.region,
    )
    reply = await or_none(call, _ABSENT)
    found: list[JsonObject] = []
    for reservation in entries(reply.body if reply else None, "Reservations"):
        found += entries(reservation, "Instances")
    return tuple(found)
