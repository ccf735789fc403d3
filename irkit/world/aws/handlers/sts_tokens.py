"""`sts:GetSessionToken` and `sts:GetFederationToken`: sessions of a user, made from a key.

They survive the deactivation and deletion of the key they were made from, which is what makes them
worth having to an intruder.
"""

from dataclasses import replace
from datetime import datetime

from irkit.model.access import CredentialKind
from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud, principal_of
from irkit.world.aws.iam_view import PrincipalView
from irkit.world.aws.issue import checked_duration, credentials_result, issue, session_policies
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall

_LONGEST = 129_600
_DEFAULT = 43_200


@handles("sts:GetSessionToken")
def get_session_token(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Issue a session with the user's own permissions."""
    user = _user_behind(cloud, caller, "GetSessionToken")
    session = issue(
        cloud,
        credential=replace(
            caller.credential,
            kind=CredentialKind.GET_SESSION_TOKEN,
            mfa_at=_mfa_at(cloud, call),
        ),
        holder=user,
        duration=checked_duration(call, _DEFAULT, _LONGEST),
        policies=None,
    )
    return Result(members={"Credentials": credentials_result(session)})


@handles("sts:GetFederationToken")
def get_federation_token(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Issue a named session that may do what both the user and the session policy allow."""
    user = _user_behind(cloud, caller, "GetFederationToken")
    name = call.text("Name")
    account = caller.account
    arn = f"arn:aws:sts::{account}:federated-user/{name}"
    session = issue(
        cloud,
        credential=replace(
            caller.credential,
            kind=CredentialKind.GET_FEDERATION_TOKEN,
            user_id=f"{account}:{name}",
            session_arn=arn,
            session_name=name,
        ),
        holder=user,
        duration=checked_duration(call, _DEFAULT, _LONGEST),
        policies=session_policies(call) or (),
    )
    federated = {"FederatedUserId": f"{account}:{name}", "Arn": arn}
    return Result(
        members={
            "Credentials": credentials_result(session),
            "FederatedUser": federated,
            "PackedPolicySize": 6,
        }
    )


def _user_behind(cloud: Cloud, caller: Caller, operation: str) -> PrincipalView:
    user = principal_of(cloud.effective(), caller)
    if caller.session is not None or user is None:
        message = f"Cannot call {operation} with session credentials"
        raise ApiError("AccessDenied", message, 403)
    return user


def _mfa_at(cloud: Cloud, call: ApiCall) -> datetime | None:
    """Any code of a named device counts: the world has no authenticator apps."""
    named = call.text("SerialNumber") and call.text("TokenCode")
    return cloud.now().replace(microsecond=0) if named else None
