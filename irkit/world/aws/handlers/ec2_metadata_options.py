"""`ec2:ModifyInstanceMetadataOptions`: what is not given stays as it is."""

from typing import Final

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.moto_ec2 import ec2_backends
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall

_FIELDS: Final = {
    "HttpTokens": "http_tokens",
    "HttpPutResponseHopLimit": "http_put_response_hop_limit",
    "HttpEndpoint": "http_endpoint",
    "HttpProtocolIpv6": "http_protocol_ipv6",
    "InstanceMetadataTags": "instance_metadata_tags",
}


@handles("ec2:ModifyInstanceMetadataOptions")
def modify_instance_metadata_options(_cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Set the options that are given."""
    ec2 = ec2_backends[caller.account][call.region]
    name = call.text("InstanceId")
    instance = next((i for i in ec2.all_instances() if i.id == name), None)
    if instance is None:
        raise ApiError("InvalidInstanceID.NotFound", f"The instance ID '{name}' does not exist")
    options = instance.metadata_options
    for field, attribute in _FIELDS.items():
        if call.params.get(field) is not None:
            setattr(options, attribute, call.params[field])
    now = {field: getattr(options, attribute) for field, attribute in _FIELDS.items()}
    return Result(
        members={
            "InstanceId": name,
            "InstanceMetadataOptions": {"State": "pending", **now},
        }
    )
