"""Issuing temporary credentials, the part all STS operations share."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from irkit.model.access import Credential, CredentialKind, Policy, PolicyError, parse_policy
from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.iam_view import AccessState, PrincipalView
from irkit.world.aws.sessions import Session
from irkit.world.aws.wire import ApiCall


def issue(
    cloud: Cloud,
    *,
    credential: Credential,
    holder: PrincipalView,
    duration: int,
    policies: tuple[Policy, ...] | None,
) -> Session:
    """Make a session for `holder` and return it. Issue times have whole seconds, as on AWS."""
    issued_at = cloud.now().replace(microsecond=0)
    session = Session(
        credential=replace(
            credential,
            access_key_id=cloud.sessions.new_key_id(credential.account),
            issued_at=issued_at,
            expires_at=issued_at + timedelta(seconds=duration),
        ),
        secret=cloud.sessions.new_secret(),
        token=cloud.sessions.new_token(),
        holder=holder.id,
        holder_name=holder.name,
        policies=policies,
    )
    cloud.sessions.add(session)
    return session


def role_credential(
    kind: CredentialKind,
    account: str,
    role: PrincipalView,
    session_name: str,
    *,
    source_identity: str = "",
    tags: tuple[tuple[str, str], ...] = (),
    federated_provider: str = "",
) -> Credential:
    """Return the identity of a session of `role`."""
    return Credential(
        kind=kind,
        account=account,
        principal_arn=role.arn,
        user_id=f"{role.id}:{session_name}",
        name=role.name,
        session_arn=f"arn:aws:sts::{account}:assumed-role/{role.name}/{session_name}",
        session_name=session_name,
        source_identity=source_identity,
        tags=(*role.tags, *tags),
        federated_provider=federated_provider,
    )


def session_policies(call: ApiCall) -> tuple[Policy, ...] | None:
    """Return the session policies that came with a call, None if there were none.

    Raises:
        ApiError: if a policy is malformed.
    """
    document = call.text("Policy")
    arns = call.params.get("PolicyArns")
    if not document and not arns:
        return None
    try:
        inline = (parse_policy(document, "session policy"),) if document else ()
    except PolicyError as error:
        raise ApiError("MalformedPolicyDocument", str(error)) from error
    return inline


def find_role(state: AccessState, role_arn: str) -> tuple[str, PrincipalView] | None:
    """Return the account and role that `role_arn` names, if it exists."""
    for account, view in state.accounts.items():
        for role in view.roles.values():
            if role.arn == role_arn:
                return account, role
    return None


def credentials_result(session: Session) -> Mapping[str, object]:
    """Return the `Credentials` structure of an STS answer."""
    return {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret.reveal(),
        "SessionToken": session.token.reveal(),
        "Expiration": session.credential.expires_at,
    }


def checked_duration(call: ApiCall, default: int, longest: int) -> int:
    """Return the requested duration.

    Raises:
        ApiError: if it is shorter than 15 minutes or longer than `longest`.
    """
    duration = call.number("DurationSeconds", default)
    if not 900 <= duration <= longest:  # noqa: PLR2004  # AWS's shortest session
        raise ApiError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    return duration


def assumed_role_result(session: Session, extra: Mapping[str, object]) -> Result:
    """Return the answer of the AssumeRole operations."""
    credential = session.credential
    members: dict[str, object] = {
        "Credentials": credentials_result(session),
        "AssumedRoleUser": {"AssumedRoleId": credential.user_id, "Arn": credential.arn},
        **extra,
    }
    if credential.source_identity:
        members["SourceIdentity"] = credential.source_identity
    return Result(members=members)
