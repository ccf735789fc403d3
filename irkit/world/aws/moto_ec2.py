"""moto's EC2 with two things put right, once a process. Import `ec2_backends` from here.

*Interfaces have their own security groups.* moto shows on every interface the groups of the whole
instance besides its own, so that an isolated interface would seem open.

*A region has a handful of images.* moto loads thirteen hundred of them into every region that is
looked at, which makes a sweep over all regions a matter of seconds.
"""

from collections.abc import Mapping
from typing import Final

from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import AMIS, Ami, AmiBackend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface

IMAGE: Final = str(AMIS[0]["ami_id"])
"""An image that every region has."""

_IMAGES: Final = 8


def _own_groups(interface: NetworkInterface) -> object:
    return list(interface._group_set)  # noqa: SLF001  # what is set on the interface itself


def _load_few_images(backend: AmiBackend) -> None:
    for description in AMIS[:_IMAGES]:
        backend.amis[description["ami_id"]] = Ami(
            backend, **{**description, "owner_alias": "amazon"}
        )


def instance_names(account: str) -> Mapping[str, str]:
    """Return what the machines of an account are called, by their ids."""
    return {
        instance.id: tag["value"]
        for backend in ec2_backends[account].values()
        for reservation in backend.reservations.values()
        for instance in reservation.instances
        for tag in instance.get_tags()
        if tag["key"] == "Name"
    }


def snapshot_names(account: str) -> Mapping[str, str]:
    """Return what the snapshots and images of an account are called, by their ids."""
    return {
        item.id: tag["value"]
        for backend in ec2_backends[account].values()
        for items in (backend.snapshots, backend.amis)
        for item in items.values()
        for tag in item.get_tags()
        if tag["key"] == "Name"
    }


NetworkInterface.group_set = property(_own_groups)  # type: ignore[assignment,method-assign]  # moto's own is a read-only property
AmiBackend._load_amis = _load_few_images  # type: ignore[assignment,method-assign]  # noqa: SLF001  # moto has no setting for it

__all__ = ["IMAGE", "NetworkInterface", "ec2_backends", "instance_names", "snapshot_names"]
