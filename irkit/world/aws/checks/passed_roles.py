"""A role is given to a service only by who may pass it; moto asks nobody."""

from collections.abc import Iterable

from irkit.model.access import Request, decide
from irkit.world.aws.answer import ApiError
from irkit.world.aws.cloud import Caller, Cloud, policies_for
from irkit.world.aws.registry import checks
from irkit.world.aws.wire import ApiCall


@checks("ec2:AssociateIamInstanceProfile", "s3:PutBucketReplication")
def refuse_roles_that_may_not_be_passed(cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Refuse to give a role away without `iam:PassRole` on it."""
    policies = policies_for(cloud.effective(), caller)
    for role in _passed(cloud, call, caller):
        request = Request(
            action="iam:PassRole",
            time=cloud.now(),
            resource=role,
            resource_account=caller.account,
            keys={"iam:PassedToService": (f"{call.signing_name}.amazonaws.com",)},
        )
        if not decide(caller.credential, policies, request).allowed:
            name = "UnauthorizedOperation" if call.protocol == "ec2" else "AccessDenied"
            message = (
                f"User: {caller.credential.arn} is not authorized to perform: iam:PassRole "
                f"on resource: {role}"
            )
            raise ApiError(name, message, 403)


def _passed(cloud: Cloud, call: ApiCall, caller: Caller) -> Iterable[str]:
    """Return the ARNs of the roles that a call gives to a service."""
    if call.operation == "PutBucketReplication":
        return (str(_within(call.params, "ReplicationConfiguration", "Role")),)
    given = {_within(call.params, "IamInstanceProfile", key) for key in ("Arn", "Name")}
    profiles = cloud.iam(caller.account).instance_profiles.values()
    return tuple(
        role.arn
        for profile in profiles
        if {profile.arn, profile.name} & given
        for role in profile.roles
    )


def _within(value: object, *path: str) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
