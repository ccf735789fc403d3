"""`ec2:CancelSpotInstanceRequests`: a cancelled request is still described, as cancelled."""

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.moto_ec2 import ec2_backends
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall


@handles("ec2:CancelSpotInstanceRequests")
def cancel_spot_instance_requests(_cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Cancel requests; their machines go on running."""
    requests = ec2_backends[caller.account][call.region].spot_instance_requests
    names = call.texts("SpotInstanceRequestIds")
    for name in names:
        if name not in requests:
            raise ApiError(
                "InvalidSpotInstanceRequestID.NotFound",
                f"The spot instance request ID '{name}' does not exist",
            )
    for name in names:
        requests[name].state = "cancelled"
    return Result(
        members={
            "CancelledSpotInstanceRequests": [
                {"SpotInstanceRequestId": name, "State": "cancelled"} for name in names
            ]
        }
    )
