"""Console passwords: whether a new one must be changed at the first sign-in."""

from irkit.world.aws.answer import Answer
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import amends
from irkit.world.aws.wire import ApiCall


@amends("iam:CreateLoginProfile")
def keep_reset_required(cloud: Cloud, call: ApiCall, caller: Caller, answer: Answer) -> Answer:
    """Remember what was asked for, which moto does for updates only."""
    user = cloud.iam(caller.account).users[call.text("UserName")]
    user.password_reset_required = call.params.get("PasswordResetRequired") is True
    return answer
