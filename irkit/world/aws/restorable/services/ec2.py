"""Instances, what groups their interfaces are in, and what the groups let through."""

from collections.abc import Iterable
from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "ec2"


def state(_cloud: Cloud, account: str) -> Json:
    """Return machines and their network by region."""
    return by_region("moto.ec2.models", "ec2_backends", account, _ec2)


def _ec2(ec2: Any) -> Json:
    instances = {
        instance.id: {
            "state": instance.state,
            "interfaces": sorted(nic.id for nic in instance.nics.values()),
            "protected": str(instance.disable_api_termination).lower(),
            "shutdown": instance.instance_initiated_shutdown_behavior or "stop",
        }
        for reservation in ec2.reservations.values()
        for instance in reservation.instances
    }
    interfaces = {eni.id: sorted(group.id for group in eni.group_set) for eni in ec2.enis.values()}
    groups = {
        group.id: {
            "name": group.name,
            "vpc": group.vpc_id,
            "ingress": sorted(_rules(group.ingress_rules)),
            "egress": sorted(_rules(group.egress_rules)),
        }
        for by_id in ec2.groups.values()
        for group in by_id.values()
        if group.name != "default"
    }
    if not instances and not interfaces and not groups:
        return {}
    return {"instances": instances, "interfaces": interfaces, "security_groups": groups}


def _rules(rules: Iterable[Any]) -> Iterable[str]:
    for rule in rules:
        source = {**rule.ip_range, **rule.source_group}
        origin = next(
            (str(source[key]) for key in ("CidrIp", "CidrIpv6", "GroupId") if key in source), ""
        )
        yield f"{rule.ip_protocol}/{rule.from_port}-{rule.to_port}/{origin}"
