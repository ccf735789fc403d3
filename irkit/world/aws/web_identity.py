"""`sts:AssumeRoleWithWebIdentity`: from an issuer's token to a role session.

The token must be signed by the issuer, be in time, and name an audience that the account's provider
accepts. A pipeline that signs in this way has no key that could be switched off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.model.access import CredentialKind, Request, may_federate
from irkit.world.aws.answer import Answer, ApiError, Result, render_error, render_result
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.event_record import record_federated
from irkit.world.aws.iam_view import PrincipalView
from irkit.world.aws.issue import assumed_role_result, find_role, issue, role_credential
from irkit.world.aws.resources import Subject
from irkit.world.aws.wire import ApiCall
from irkit.world.okta.keys import JwtError, OrgKeys, unverified_claims

WEB_IDENTITY: Final = "sts:AssumeRoleWithWebIdentity"


@dataclass(slots=True)
class Issuers:
    """The keys of the issuers that sign tokens in this world, by their host."""

    keys: dict[str, OrgKeys] = field(default_factory=dict)

    def of(self, host: str) -> OrgKeys:
        """Return an issuer's key."""
        return self.keys.setdefault(host, OrgKeys())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A verified wish to enter a role."""

    account: str
    role: PrincipalView
    provider_arn: str
    host: str
    claims: JsonObject

    def claim(self, name: str) -> str:
        """Return one claim as text."""
        return str(self.claims.get(name, ""))


def enter_by_token(cloud: Cloud, call: ApiCall, request_id: str) -> tuple[Answer, str]:
    """Answer AssumeRoleWithWebIdentity, and return who it turned out to be."""
    try:
        entry = _verified(cloud, call)
        result = _entered(cloud, call, entry)
    except ApiError as error:
        return render_error(call.protocol, error, request_id), ""
    answer = render_result(call, result, request_id)
    subject = Subject(arn=entry.role.arn, listed=(("AWS::IAM::Role", entry.role.arn),))
    record_federated(
        cloud,
        call,
        account=entry.account,
        subject=subject,
        identity=_identity(entry),
        answer=answer,
    )
    return answer, entry.claim("sub")


def _verified(cloud: Cloud, call: ApiCall) -> _Entry:
    found = find_role(cloud.effective(), call.text("RoleArn"))
    if found is None:
        raise _refused()
    token = call.text("WebIdentityToken")
    try:
        host = str(unverified_claims(token).get("iss", "")).removeprefix("https://")
        claims = cloud.own(Issuers).of(host).read_jwt(token)
    except JwtError as error:
        raise ApiError("InvalidIdentityToken", str(error)) from error
    account, role = found
    arn = f"arn:aws:iam::{account}:oidc-provider/{host}"
    provider = cloud.iam(account).open_id_providers.get(arn)
    if provider is None or claims.get("aud") not in provider.client_id_list:
        raise ApiError("InvalidIdentityToken", "Incorrect token audience")
    expires = claims.get("exp")
    if not isinstance(expires, int) or expires < cloud.now().timestamp():
        raise ApiError("ExpiredTokenException", "Token expired")
    return _Entry(account=account, role=role, provider_arn=arn, host=host, claims=claims)


def _entered(cloud: Cloud, call: ApiCall, entry: _Entry) -> Result:
    keys: Mapping[str, tuple[str, ...]] = {
        f"{entry.host}:aud": (entry.claim("aud"),),
        f"{entry.host}:sub": (entry.claim("sub"),),
        "sts:RoleSessionName": (call.text("RoleSessionName"),),
        "aws:SourceIp": (call.source_ip,),
        "aws:FederatedProvider": (entry.provider_arn,),
    }
    request = Request(
        action=WEB_IDENTITY,
        time=cloud.now(),
        resource=entry.role.arn,
        resource_account=entry.account,
        keys=keys,
    )
    trust = entry.role.trust
    if trust is None or not may_federate(trust, entry.provider_arn, request).allowed:
        raise _refused()
    session = issue(
        cloud,
        credential=role_credential(
            CredentialKind.FEDERATED_ROLE_SESSION,
            entry.account,
            entry.role,
            call.text("RoleSessionName"),
            federated_provider=entry.provider_arn,
        ),
        holder=entry.role,
        duration=min(call.number("DurationSeconds", 3600), entry.role.max_session),
        policies=None,
    )
    return assumed_role_result(
        session,
        {
            "SubjectFromWebIdentityToken": entry.claim("sub"),
            "Provider": entry.provider_arn,
            "Audience": entry.claim("aud"),
        },
    )


def _identity(entry: _Entry) -> Mapping[str, Json]:
    return {
        "type": "WebIdentityUser",
        "principalId": f"{entry.provider_arn}:{entry.claim('aud')}:{entry.claim('sub')}",
        "userName": entry.claim("sub"),
        "identityProvider": entry.provider_arn,
    }


def _refused() -> ApiError:
    return ApiError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
