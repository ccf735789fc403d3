"""Security groups belong to network interfaces, which an instance can have several of.

An instance shows the groups of its first interface, and takes new ones only while it has no other.
"""

from irkit.world.aws.answer import Answer, ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.moto_ec2 import NetworkInterface, ec2_backends
from irkit.world.aws.registry import amends, checks
from irkit.world.aws.wire import ApiCall


@checks("ec2:ModifyInstanceAttribute")
def refuse_several_interfaces(_cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Refuse to set an instance's groups where that would be ambiguous."""
    if call.params.get("Groups") and len(_interfaces(call, caller)) > 1:
        raise ApiError(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{call.text('InstanceId')}'. "
            "Please specify an interface ID for the operation instead.",
        )


@amends("ec2:ModifyInstanceAttribute")
def carry_groups_to_the_interface(
    _cloud: Cloud, call: ApiCall, caller: Caller, answer: Answer
) -> Answer:
    """Set the groups on the one interface, where they count."""
    groups = call.texts("Groups")
    for interface in _interfaces(call, caller) if groups else ():
        ec2_backends[caller.account][call.region].modify_network_interface_attribute(
            interface.id, list(groups)
        )
    return answer


@amends("ec2:ModifyNetworkInterfaceAttribute")
def show_groups_on_the_instance(
    _cloud: Cloud, call: ApiCall, caller: Caller, answer: Answer
) -> Answer:
    """Let the instance show the groups of its first interface."""
    ec2 = ec2_backends[caller.account][call.region]
    interface = ec2.get_network_interface(call.text("NetworkInterfaceId"))
    if interface.instance is not None and interface.device_index == 0:
        interface.instance.security_groups = list(interface.group_set)
    return answer


def _interfaces(call: ApiCall, caller: Caller) -> tuple[NetworkInterface, ...]:
    ec2 = ec2_backends[caller.account][call.region]
    for reservation in ec2.reservations.values():
        for instance in reservation.instances:
            if instance.id == call.text("InstanceId"):
                return tuple(instance.nics.values())
    return ()
