"""`sts:AssumeRole`: trust policy, the caller's own policies, session policies, chaining."""

from irkit.model.access import CredentialKind, may_assume
from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.authorise import denied, request_for
from irkit.world.aws.cloud import Caller, Cloud, policies_for
from irkit.world.aws.issue import (
    assumed_role_result,
    checked_duration,
    find_role,
    issue,
    role_credential,
    session_policies,
)
from irkit.world.aws.registry import handles
from irkit.world.aws.resources import Subject
from irkit.world.aws.wire import ApiCall

_CHAINED_LIMIT = 3600
_NAME_LIMIT = 64


@handles("sts:AssumeRole")
def assume_role(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Let `caller` into a role, if its trust policy and the caller's own policies agree."""
    state = cloud.effective()
    session_name = call.text("RoleSessionName")
    if not 1 < len(session_name) <= _NAME_LIMIT:
        raise ApiError("ValidationError", "Value at 'roleSessionName' failed to satisfy constraint")
    found = find_role(state, call.text("RoleArn"))
    subject = Subject(arn=call.text("RoleArn"), account=found[0] if found else "")
    identity = _source_identity(call, caller)
    request = request_for(cloud, call, subject, **_keys(call, session_name, identity))
    role = found[1] if found else None
    if found is None or role is None or role.trust is None:
        raise denied(caller, call, subject, None)
    decision = may_assume(role.trust, caller.credential, policies_for(state, caller), request)
    if not decision.allowed:
        raise denied(caller, call, subject, decision)
    chained = caller.credential.is_role
    session = issue(
        cloud,
        credential=role_credential(
            CredentialKind.CHAINED_ROLE_SESSION if chained else CredentialKind.ROLE_SESSION,
            found[0],
            role,
            session_name,
            source_identity=identity,
            tags=_tags(call),
        ),
        holder=role,
        duration=checked_duration(call, 3600, _CHAINED_LIMIT if chained else role.max_session),
        policies=session_policies(call),
    )
    return assumed_role_result(session, {"PackedPolicySize": 6})


def _source_identity(call: ApiCall, caller: Caller) -> str:
    """A source identity, once set, stays through the chain and cannot be changed."""
    asked, held = call.text("SourceIdentity"), caller.credential.source_identity
    if asked and held and asked != held:
        raise ApiError("AccessDenied", "SourceIdentity cannot be changed in a role chain", 403)
    return held or asked


def _keys(call: ApiCall, session_name: str, identity: str) -> dict[str, tuple[str, ...]]:
    keys = {
        "sts:RoleSessionName": session_name,
        "sts:SourceIdentity": identity,
        "sts:ExternalId": call.text("ExternalId"),
    }
    return {key: (value,) for key, value in keys.items() if value}


def _tags(call: ApiCall) -> tuple[tuple[str, str], ...]:
    tags = call.params.get("Tags")
    if not isinstance(tags, list):
        return ()
    return tuple((str(tag["Key"]), str(tag["Value"])) for tag in tags)
