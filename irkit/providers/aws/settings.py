"""What a connection to AWS accounts needs, all of it explicit.

No `AWS_*` variable of the environment is used in its place. A profile is the one thing read from
the machine's files, because it was named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.iam_rights import Right
from irkit.secret import Secret

LOOKUPS_PER_SECOND: Final = 2
"""CloudTrail's documented limit, for each account and region."""

_ACCOUNT_DIGITS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """First credentials from a named profile of the machine's AWS configuration."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticKeys:
    """First credentials given directly."""

    key_id: str
    secret_key: Secret
    session_token: Secret | None = None


Source: TypeAlias = Profile | StaticKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One pinned account and the roles irkit assumes there, by name.

    Without a role the first credentials themselves are used; they must then belong to the account.
    """

    id: str
    name: str = ""
    read_role: str = ""
    write_role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings:
    """All pinned accounts and how irkit enters them.

    `session_name` (which carries the run's id) names irkit's role sessions in the logs.
    `read_rights` are what reading sessions are reduced to; none leaves them whole.
    `lookups_per_second` is how often CloudTrail's log is asked in each account and region, 0 for no
    limit.
    `endpoint_url` is for a simulated AWS. `ca_bundle` is a file, or empty for the usual ones.
    Times are in seconds.
    """

    source: Source
    accounts: tuple[Account, ...]
    regions: Literal["all"] | tuple[str, ...] = "all"
    endpoint_url: str | None = None
    user_agent: str = "irkit"
    session_name: str = "irkit"
    read_rights: tuple[Right, ...] = ()
    federation: tuple[Mapping[str, str], ...] = ()
    role_path: str = "/"
    partition: str = "aws"
    connect_timeout: float = 3.0
    read_timeout: float = 10.0
    threads: int = 32
    lookups_per_second: int = LOOKUPS_PER_SECOND
    proxies: Mapping[str, str] = field(default_factory=dict)
    ca_bundle: str = ""

    def checked(self) -> "AwsSettings":
        """Return the settings if they may be used.

        Raises:
            IrkitError: if there is no account, one is listed twice, or an id is no account id.
        """
        ids = [account.id for account in self.accounts]
        bad = [text for text in ids if not (text.isdecimal() and len(text) == _ACCOUNT_DIGITS)]
        if ids and not bad and len(set(ids)) == len(ids):
            return self
        problem = f"`{bad[0]}` is no account id" if bad else "accounts are missing or repeated"
        raise IrkitError(
            Diagnostic(
                code="IRK520",
                summary=f"the AWS accounts of this connection cannot be used: {problem}",
                help='list each account once, with its 12 digits in quotes: "012345678901"',
            )
        )

    def account(self, account: str) -> Account:
        """Return the pinned account with that id.

        Raises:
            IrkitError: if the account is not pinned.
        """
        for item in self.accounts:
            if item.id == account:
                return item
        raise IrkitError(
            Diagnostic(
                code="IRK521",
                summary=f"AWS account {account} is not one of this workspace's accounts",
                help="add it under `connections` in `irkit.yaml` if it is yours",
            )
        )

    def role_arn(self, account: str, role: str) -> str:
        """Return the ARN of a role irkit assumes in `account`."""
        return f"arn:{self.partition}:iam::{account}:role{self.role_path}{role}"
