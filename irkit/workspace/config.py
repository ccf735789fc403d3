"""What `irkit.yaml` says, as data. Secrets are references here; reading them is `secrets`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from irkit.diagnostics import Span
from irkit.model.playbook import Protection
from irkit.model.quorum import Need
from irkit.model.spec import Blast, Reversal

ALL: Final = "all"


class Mode(StrEnum):
    """Live, or an exercise. Never both: each has its own origin, trail and keys."""

    LIVE = "live"
    DRILL = "drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretReference:
    """Where a secret is, such as `env:NAME` or `file:PATH`."""

    scheme: str
    name: str
    span: Span | None = None

    def __str__(self) -> str:
        return f"{self.scheme}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAuth:
    """Okta: an API token."""

    token: SecretReference


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAuth:
    """Okta: a service app with a private key."""

    private_key: SecretReference
    client_id: str
    key_id: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OktaConnection:
    """One Okta org, pinned by its id."""

    name: str
    org_url: str
    org_id: str
    auth: TokenAuth | KeyAuth
    depends_on_idp: bool = False
    span: Span | None = None

    @property
    def provider(self) -> str:
        """Return the provider's name."""
        return "okta"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSource:
    """AWS: first credentials from a named profile."""

    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySource:
    """AWS: first credentials given by reference."""

    access_key_id: str
    secret_access_key: SecretReference
    session_token: SecretReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One AWS account, pinned, and the roles irkit assumes in it."""

    id: str
    name: str = ""
    read_role: str = ""
    write_role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """All accounts of the organization but `exclude`, entered by the same two roles.

    `management` is the management account, which no role and no policy of the organization binds.
    """

    read_role: str
    write_role: str
    exclude: tuple[str, ...] = ()
    management: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsConnection:
    """AWS accounts: listed, or those of the organization. No `regions` means all of them.

    `permissions` are the IAM actions the roles are declared to allow; empty when not declared.
    """

    name: str
    source: ProfileSource | KeySource
    accounts: tuple[Account, ...] = ()
    organization: Organization | None = None
    regions: tuple[str, ...] = ()
    endpoint_url: str = ""
    permissions: tuple[str, ...] = ()
    depends_on_idp: bool = False
    span: Span | None = None

    @property
    def provider(self) -> str:
        """Return the provider's name."""
        return "aws"


Connection: TypeAlias = OktaConnection | AwsConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """How people of the Okta org reach AWS: the application, the SAML provider, the name they get.

    No `accounts` means all.
    """

    okta_app: str
    saml_provider: str
    session_name: str = "login"
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsBreakGlass:
    """A role or user of AWS for when nothing else works, and where its credentials come from.

    irkit never acts with them: it only asks AWS whose they are.
    """

    principal: str
    source: ProfileSource | KeySource

    @property
    def kind(self) -> str:
        """Return its kind of target: `aws.role` or `aws.user`."""
        return f"aws.{self.principal.split(':')[5].partition('/')[0]}"

    @property
    def account(self) -> str:
        """Return the account it is in."""
        return self.principal.split(":")[4]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """The ways in for when nothing else works: principals of AWS, and logins of Okta.

    Who is in one of the groups `quarantine`, or has not signed in for `signed_in_within`, counts
    for none.
    """

    aws: tuple[AwsBreakGlass, ...] = ()
    okta: tuple[str, ...] = ()
    quarantine: tuple[str, ...] = ()
    signed_in_within: timedelta | None = None

    def protections(self, span: Span) -> tuple[Protection, ...]:
        """Return them as protected principals, which they always are."""
        return (
            *(Protection(kind=way.kind, pattern=way.principal, span=span) for way in self.aws),
            *(Protection(kind="okta.user", pattern=login, span=span) for login in self.okta),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """What one approver may do alone under break-glass, and until when it must be confirmed."""

    roles: tuple[str, ...] = ()
    reversal: frozenset[Reversal] = frozenset()
    blast: frozenset[Blast] = frozenset()
    at_most: int = 0
    confirm_within: timedelta = timedelta(hours=4)


DEFAULT_REVERSAL: Final[Mapping[Reversal, Need]] = {
    Reversal.READ: Need(need=0),
    Reversal.ADDITIVE: Need(need=0),
    Reversal.SELF_HEALING: Need(need=1),
    Reversal.EXACT: Need(need=1),
    Reversal.LOSSY: Need(need=1),
    Reversal.DESTRUCTIVE: Need(need=2, exclude_requester=True),
}
DEFAULT_BLAST: Final[Mapping[Blast, Need]] = {
    Blast.PRINCIPAL: Need(need=0),
    Blast.MANY: Need(need=1),
    Blast.ACCOUNT: Need(need=2),
    Blast.ORG: Need(need=2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRules:
    """How many approvals each class of change needs at least, and what is asked of keys.

    `change` is what a new policy needs; None leaves it to the trail (two where there are two).
    """

    reversal: Mapping[Reversal, Need] = field(default_factory=lambda: DEFAULT_REVERSAL)
    blast: Mapping[Blast, Need] = field(default_factory=lambda: DEFAULT_BLAST)
    alone: Alone | None = None
    change: Need | None = None
    user_presence: bool = True
    user_verification: bool = False
    webauthn_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsAccess:
    """How a trail key in AWS KMS is reached: first credentials, and a role in the key's account."""

    source: ProfileSource | KeySource
    role: str = ""
    endpoint_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailSettings:
    """Where the trail is and which key signs it (`file:`, `agent:` or `awskms:`).

    `next_key` is the one that is to sign it after a rotation; empty where none is planned.
    """

    path: str = ".irkit/trail"
    key: str = "file:.irkit/keys/trail"
    next_key: str = ""
    kms: KmsAccess | None = None


class LeastPrivilege(StrEnum):
    """How strictly rights are kept small.

    `declared` makes a right that no connection declares an error in lint. `session` reduces,
    besides, role sessions and access tokens to what the playbook and the change need.
    """

    OFF = "off"
    DECLARED = "declared"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSettings:
    """When irkit looks again after the last change, and how long it watches."""

    looks: tuple[timedelta, ...] = (
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=5),
    )
    watch: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One workspace. `root` is the directory of `irkit.yaml`; paths in it are relative to that.

    `in_doubt_wait` replaces the waits of actions where it is given (drills are faster than the
    real providers). `seats` is a drill's file of the intruder's credentials.
    """

    root: Path
    org: str
    mode: Mode
    origin: str
    connections: Mapping[str, Connection]
    federation: tuple[Federation, ...] = ()
    break_glass: BreakGlass = field(default_factory=BreakGlass)
    protect: tuple[Protection, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    approvers: str = "approvers/allowed_signers"
    approvals: ApprovalRules = field(default_factory=ApprovalRules)
    trail: TrailSettings = field(default_factory=TrailSettings)
    plan_valid: timedelta = timedelta(minutes=60)
    in_doubt_wait: timedelta | None = None
    hold: HoldSettings = field(default_factory=HoldSettings)
    seats: SecretReference | None = None
    least_privilege: LeastPrivilege = LeastPrivilege.OFF
    digest: str = ""
    source: str = ""

    @property
    def file(self) -> Path:
        """Return the path of `irkit.yaml`."""
        return self.root / "irkit.yaml"

    @property
    def allowed_signers(self) -> Path:
        """Return the path of the OpenSSH allowed_signers file."""
        return self.root / self.approvers

    @property
    def roles(self) -> Path:
        """Return the path of `roles.yaml`, beside the allowed_signers."""
        return self.allowed_signers.parent / "roles.yaml"

    @property
    def protect_lock(self) -> Path:
        """Return the path of the pins of protected principals."""
        return self.root / "protect.lock"

    @property
    def playbooks(self) -> Path:
        """Return the directory of the workspace's own playbooks."""
        return self.root / "playbooks"

    @property
    def state(self) -> Path:
        """Return the directory of keys, trail and evidence, which git ignores."""
        return self.root / ".irkit"

    @property
    def trail_directory(self) -> Path:
        """Return the directory of the trail."""
        return self.root / self.trail.path

    def of(self, provider: str) -> tuple[Connection, ...]:
        """Return the connections of one provider."""
        return tuple(c for c in self.connections.values() if c.provider == provider)
