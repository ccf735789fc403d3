"""Service-specific credentials of IAM users, which moto has not: CodeCommit, Keyspaces, Bedrock."""

from typing import Any, Final, cast

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall

_PER_SERVICE: Final = 2
_HELD: Final = "service_specific_credentials"


@handles("iam:CreateServiceSpecificCredential")
def create_service_specific_credential(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Make a credential for one service; its secret is shown once."""
    user, service = _user(cloud, call, caller), call.text("ServiceName")
    held = service_credentials(user)
    if sum(item["ServiceName"] == service for item in held.values()) >= _PER_SERVICE:
        raise ApiError("LimitExceeded", "Cannot exceed quota for credentials per service: 2", 409)
    made = {
        "ServiceSpecificCredentialId": "ACCA" + cloud.new_user_id(caller.account)[4:],
        "CreateDate": cloud.now().replace(microsecond=0),
        "ServiceName": service,
        "ServiceUserName": f"{user.name}-at-{caller.account}",
        "UserName": user.name,
        "Status": "Active",
    }
    setattr(user, _HELD, {**held, made["ServiceSpecificCredentialId"]: made})
    secret = {"ServicePassword": cloud.sessions.new_secret().reveal()}
    return Result(
        members={"ServiceSpecificCredential": {**made, **secret}},
        logged={"serviceSpecificCredential": {"serviceName": service}},
    )


@handles("iam:ListServiceSpecificCredentials")
def list_service_specific_credentials(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Return a user's credentials, those of one service if it is named."""
    service = call.text("ServiceName")
    held = service_credentials(_user(cloud, call, caller)).values()
    shown = [item for item in held if service in {"", item["ServiceName"]}]
    return Result(members={"ServiceSpecificCredentials": shown})


@handles("iam:UpdateServiceSpecificCredential")
def update_service_specific_credential(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Switch a credential on or off."""
    user = _user(cloud, call, caller)
    identifier, held = call.text("ServiceSpecificCredentialId"), service_credentials(user)
    if identifier not in held:
        message = f"No such credential {identifier} exists"
        raise ApiError("NoSuchEntity", message, 404)
    changed = {**held[identifier], "Status": call.text("Status")}
    setattr(user, _HELD, {**held, identifier: changed})
    return Result()


def service_credentials(user: object) -> dict[str, dict[str, Any]]:
    """Return what moto's user was given by these handlers, by id."""
    return cast("dict[str, dict[str, Any]]", getattr(user, _HELD, {}))


def _user(cloud: Cloud, call: ApiCall, caller: Caller) -> Any:
    name = call.text("UserName")
    user = cloud.iam(caller.account).users.get(name)
    if user is None:
        message = f"The user with name {name} cannot be found."
        raise ApiError("NoSuchEntity", message, 404)
    return cast("Any", user)
