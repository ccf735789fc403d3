"""Root users of accounts: their own credentials, which moto does not know."""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class RootUser:
    """What the root user of one account can sign in with: keys and certificates by status."""

    password: bool = False
    keys: dict[str, str] = field(default_factory=dict)
    certificates: dict[str, str] = field(default_factory=dict)
    mfa: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Roots:
    """The root users of all accounts, and whether the organization manages them centrally."""

    managed: bool = True
    users: dict[str, RootUser] = field(default_factory=dict)

    def of(self, account: str) -> RootUser:
        """Return an account's root user."""
        return self.users.setdefault(account, RootUser())
