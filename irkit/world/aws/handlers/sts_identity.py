"""`sts:GetCallerIdentity` and `sts:GetAccessKeyInfo`: who is this, whose key is that."""

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall


@handles("sts:GetCallerIdentity")
def get_caller_identity(_cloud: Cloud, _call: ApiCall, caller: Caller) -> Result:
    """Say who the caller is; no policy can forbid it."""
    credential = caller.credential
    return Result(
        members={
            "UserId": credential.user_id,
            "Account": credential.account,
            "Arn": credential.arn,
        }
    )


@handles("sts:GetAccessKeyInfo")
def get_access_key_info(cloud: Cloud, call: ApiCall, _caller: Caller) -> Result:
    """Say which account a key id belongs to, whether or not the key still works."""
    key_id = call.text("AccessKeyId")
    session = cloud.sessions.find(key_id)
    if session is not None:
        return Result(members={"Account": session.credential.account})
    found = cloud.present().find_key(key_id)
    if found is None:
        raise ApiError("ValidationError", f"Invalid access key id: {key_id}")
    return Result(members={"Account": found[0]})
