"""Instances, what groups their interfaces are in, and what the groups let through."""

from collections.abc import Iterable
from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.handlers.ec2_account_switches import switches
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
            "stop_protected": str(instance.disable_api_stop).lower(),
            "shutdown": instance.instance_initiated_shutdown_behavior or "stop",
            "disks_go_with_it": {
                device: disk.delete_on_termination
                for device, disk in instance.block_device_mapping.items()
            },
            "metadata": [
                instance.metadata_options.http_tokens,
                instance.metadata_options.http_put_response_hop_limit,
                instance.metadata_options.http_endpoint,
            ],
            "profile": (instance.iam_instance_profile or {}).get("Arn"),
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
    return {
        "instances": instances,
        "interfaces": interfaces,
        "security_groups": groups,
        "network_acls": _acls(ec2),
        "spot_requests": {name: item.state for name, item in ec2.spot_instance_requests.items()},
        "fleets": {name: item.state for name, item in ec2.fleets.items()},
        "shared": _shared(ec2),
        "account": _switches(ec2),
    }


def _shared(ec2: Any) -> Json:
    """Return with whom snapshots and images are shared, where they are at all."""
    snapshots: dict[str, Json] = {
        name: [
            *sorted(item.create_volume_permission_groups),
            *sorted(item.create_volume_permission_userids),
        ]
        for name, item in ec2.snapshots.items()
    }
    images: dict[str, Json] = {
        name: [*sorted(str(who) for entry in item.launch_permissions for who in entry.values())]
        for name, item in ec2.amis.items()
        if item.owner_id == ec2.account_id
    }
    return {**snapshots, **images}


def _switches(ec2: Any) -> Json:
    here = switches(ec2)
    return {**here.sharing, "consoles": here.consoles}


def _acls(ec2: Any) -> Json:
    return {
        acl.id: {
            "subnets": [*sorted(item.subnet_id for item in acl.associations)],
            "entries": [
                *sorted(
                    f"{entry.egress}/{entry.rule_number}/{entry.rule_action}/{entry.cidr_block}"
                    for entry in acl.network_acl_entries
                )
            ],
        }
        for acl in ec2.network_acls.values()
    }


def _rules(rules: Iterable[Any]) -> Iterable[str]:
    """Yield each rule with all that it says and its tags; only its id is another one later."""
    for rule in rules:
        source = {**rule.ip_range, **rule.source_group, "PrefixListId": rule.prefix_list_id}
        said = [f"{key}={value}" for key, value in sorted(source.items()) if value]
        tags = [f"{tag['key']}:{tag['value']}" for tag in rule.get_tags()]
        ports = f"{rule.ip_protocol}/{rule.from_port}-{rule.to_port}"
        yield " ".join((ports, *said, *sorted(tags)))
