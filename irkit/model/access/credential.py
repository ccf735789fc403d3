"""Who asks and what for: a credential, a request, and the condition keys they carry.

The context of a request is the credential's own keys (`aws:userid`, `aws:TokenIssueTime` …) below
the keys given with the request. Long-term keys carry no `aws:TokenIssueTime`, no
`aws:SourceIdentity` and no `aws:MultiFactorAuthPresent`; sessions do. A session of
GetFederationToken goes by its own ARN, a role's session by the role's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from irkit.model.access.kinds import CredentialKind
from irkit.model.access.pattern import Context

_USER_KINDS: Final = frozenset({CredentialKind.LONG_TERM_KEY, CredentialKind.GET_SESSION_TOKEN})
_ROLE_KINDS: Final = frozenset(
    {
        CredentialKind.ROLE_SESSION,
        CredentialKind.FEDERATED_ROLE_SESSION,
        CredentialKind.CHAINED_ROLE_SESSION,
        CredentialKind.INSTANCE_SESSION,
    }
)
_EMPTY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One AWS credential as the access rules see it; it holds no secret.

    `principal_arn` is the user's ARN or, for a role session, the role's; `session_arn` is what
    `GetCallerIdentity` says. `user_id` is `AIDA…` for a user, `AROA…:session` for a role session
    and `account:name` for a federated user.
    """

    kind: CredentialKind
    account: str
    principal_arn: str
    user_id: str
    name: str
    access_key_id: str = ""
    session_arn: str = ""
    session_name: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    source_identity: str = ""
    mfa_at: datetime | None = None
    federated_provider: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def arn(self) -> str:
        """The ARN that identifies this caller: the session's, or else the principal's."""
        return self.session_arn or self.principal_arn

    @property
    def is_root(self) -> bool:
        """Whether this is the account's root user."""
        return self.principal_arn.endswith(":root")

    @property
    def is_role(self) -> bool:
        """Whether this is a session of a role."""
        return self.kind in _ROLE_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call: an action such as `iam:ListUsers`, on a resource, at a time.

    `resource_account` is the owner of the resource, empty for the caller's own account.
    """

    action: str
    time: datetime
    resource: str = "*"
    resource_account: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _EMPTY)


def context_of(credential: Credential, request: Request) -> Context:
    """Return every condition key of the request, in lower case."""
    pairs = {
        "aws:currenttime": (_stamp(request.time),),
        "aws:epochtime": (str(int(request.time.timestamp())),),
        **dict(_credential_keys(credential, request.time)),
        **dict(credential.keys),
        **request.keys,
    }
    return {key.lower(): values for key, values in pairs.items()}


def _credential_keys(
    credential: Credential, now: datetime
) -> Iterable[tuple[str, tuple[str, ...]]]:
    federated = credential.kind is CredentialKind.GET_FEDERATION_TOKEN
    yield "aws:PrincipalArn", (credential.arn if federated else credential.principal_arn,)
    yield "aws:PrincipalAccount", (credential.account,)
    yield "aws:PrincipalType", (_principal_type(credential),)
    yield "aws:userid", (credential.user_id,)
    yield "aws:PrincipalIsAWSService", ("false",)
    if credential.kind in _USER_KINDS:
        yield "aws:username", (credential.name,)
    if credential.source_identity:
        yield "aws:SourceIdentity", (credential.source_identity,)
    if credential.federated_provider:
        yield "aws:FederatedProvider", (credential.federated_provider,)
    for tag, value in credential.tags:
        yield f"aws:PrincipalTag/{tag}", (value,)
    if credential.issued_at is not None:
        yield "aws:TokenIssueTime", (_stamp(credential.issued_at),)
        yield "aws:MultiFactorAuthPresent", ("true" if credential.mfa_at else "false",)
    if credential.mfa_at is not None:
        yield "aws:MultiFactorAuthAge", (str(int((now - credential.mfa_at).total_seconds())),)


def _principal_type(credential: Credential) -> str:
    if credential.is_root:
        return "Account"
    if credential.is_role:
        return "AssumedRole"
    if credential.kind is CredentialKind.GET_FEDERATION_TOKEN:
        return "FederatedUser"
    return "User"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
