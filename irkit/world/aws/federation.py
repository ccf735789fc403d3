"""`sts:AssumeRoleWithSAML`: from an identity provider's assertion to a role session.

The assertion must be signed by the key in the account's SAML provider, be in time and name the
role. What becomes of the person at the identity provider afterwards does not touch the session.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from irkit.canonical import Json
from irkit.model.access import CredentialKind, Request, may_federate
from irkit.world.aws.answer import Answer, ApiError, Result, render_error, render_result
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.event_record import record_federated
from irkit.world.aws.iam_view import AccessState, PrincipalView
from irkit.world.aws.issue import assumed_role_result, find_role, issue, role_credential
from irkit.world.aws.resources import Subject
from irkit.world.aws.sessions import Session
from irkit.world.aws.wire import ApiCall
from irkit.world.okta.saml import SamlError, Statement, verify

FEDERATED: Final = frozenset({"sts:AssumeRoleWithSAML"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A verified wish to enter a role."""

    account: str
    role: PrincipalView
    provider_arn: str
    assertion: Statement

    @property
    def name_qualifier(self) -> str:
        """AWS's hash of issuer, account and provider."""
        name = self.provider_arn.rsplit("/", 1)[-1]
        text = f"{self.assertion.issuer}{self.account}/{name}"
        return base64.b64encode(hashlib.sha1(text.encode()).digest()).decode()  # noqa: S324  # AWS's definition


def federate(cloud: Cloud, call: ApiCall, request_id: str) -> tuple[Answer, str]:
    """Answer AssumeRoleWithSAML, and return who it turned out to be."""
    state = cloud.effective()
    try:
        entry = _verified(cloud, state, call)
        session = _enter(cloud, call, entry)
    except ApiError as error:
        return render_error(call.protocol, error, request_id), ""
    answer = render_result(call, _result(entry, session), request_id)
    subject = Subject(
        arn=entry.role.arn,
        listed=(("AWS::IAM::Role", entry.role.arn), ("AWS::IAM::SAMLProvider", entry.provider_arn)),
    )
    record_federated(
        cloud,
        call,
        account=entry.account,
        subject=subject,
        identity=_identity(entry),
        answer=answer,
    )
    return answer, entry.assertion.name_id


def _verified(cloud: Cloud, state: AccessState, call: ApiCall) -> _Entry:
    provider_arn, role_arn = call.text("PrincipalArn"), call.text("RoleArn")
    metadata = [
        view.saml_providers[provider_arn]
        for view in state.accounts.values()
        if provider_arn in view.saml_providers
    ]
    found = find_role(state, role_arn)
    if not metadata or found is None:
        raise _refused("Not authorized to perform sts:AssumeRoleWithSAML")
    try:
        assertion = verify(call.text("SAMLAssertion"), metadata[0], cloud.now())
    except SamlError as error:
        raise ApiError("InvalidIdentityToken", str(error)) from error
    if (role_arn, provider_arn) not in assertion.role_arns():
        raise _refused("RoleArn and PrincipalArn are not in the assertion")
    return _Entry(account=found[0], role=found[1], provider_arn=provider_arn, assertion=assertion)


def _enter(cloud: Cloud, call: ApiCall, entry: _Entry) -> Session:
    request = Request(
        action="sts:AssumeRoleWithSAML",
        time=cloud.now(),
        resource=entry.role.arn,
        resource_account=entry.account,
        keys=_keys(call, entry),
    )
    trust = entry.role.trust
    if trust is None or not may_federate(trust, entry.provider_arn, request).allowed:
        raise _refused("Not authorized to perform sts:AssumeRoleWithSAML")
    return issue(
        cloud,
        credential=role_credential(
            CredentialKind.FEDERATED_ROLE_SESSION,
            entry.account,
            entry.role,
            entry.assertion.session_name,
            federated_provider=entry.provider_arn,
        ),
        holder=entry.role,
        duration=_duration(call, entry),
        policies=None,
    )


def _duration(call: ApiCall, entry: _Entry) -> int:
    """The assertion's duration, or less if the call asks for less, within the role's maximum."""
    longest = min(entry.role.max_session, entry.assertion.session_seconds)
    return min(call.number("DurationSeconds", longest), longest)


def _keys(call: ApiCall, entry: _Entry) -> Mapping[str, tuple[str, ...]]:
    keys = {
        "SAML:aud": entry.assertion.audience,
        "SAML:iss": entry.assertion.issuer,
        "SAML:sub": entry.assertion.name_id,
        "SAML:sub_type": "persistent",
        "SAML:namequalifier": entry.name_qualifier,
        "SAML:doc": f"{entry.account}/{entry.provider_arn.rsplit('/', 1)[-1]}",
        "sts:RoleSessionName": entry.assertion.session_name,
        "aws:SourceIp": call.source_ip,
        "aws:FederatedProvider": entry.provider_arn,
    }
    return {key: (value,) for key, value in keys.items()}


def _result(entry: _Entry, session: Session) -> Result:
    return assumed_role_result(
        session,
        {
            "PackedPolicySize": 6,
            "Subject": entry.assertion.name_id,
            "SubjectType": "persistent",
            "Issuer": entry.assertion.issuer,
            "Audience": entry.assertion.audience,
            "NameQualifier": entry.name_qualifier,
        },
    )


def _identity(entry: _Entry) -> Mapping[str, Json]:
    return {
        "type": "SAMLUser",
        "principalId": f"{entry.name_qualifier}:{entry.assertion.name_id}",
        "userName": entry.assertion.name_id,
        "identityProvider": entry.name_qualifier,
    }


def _refused(message: str) -> ApiError:
    return ApiError("AccessDenied", message, 403)
