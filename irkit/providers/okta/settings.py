"""What a connection to one Okta org needs, all of it explicit.

No file, environment variable or proxy of the machine is ever used in its place.
"""

from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.providers.marker import is_loopback
from irkit.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Ssws:
    """Authentication by an API token. It lives only while its owner is active."""

    token: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateKey:
    """Authentication of a service app by OAuth 2.0 client credentials and a private key."""

    client_id: str
    key: Secret
    key_id: str = ""
    scopes: tuple[str, ...] = ()
    dpop: bool = False


OktaAuth: TypeAlias = Ssws | PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class OktaSettings:
    """One org, pinned by its id, and how irkit enters it.

    Times are in seconds. `proxy` is a URL, used only if given.
    """

    org_url: str
    org_id: str
    auth: OktaAuth
    user_agent: str = "irkit"
    timeout: float = 15.0
    connect_timeout: float = 3.0
    proxy: str = ""

    def checked(self) -> "OktaSettings":
        """Return the settings if they may be used.

        Raises:
            IrkitError: if `org_url` is not https, and not this machine.
        """
        parts = urlsplit(self.org_url)
        plain = parts.scheme == "http" and is_loopback(self.org_url)
        if (parts.scheme == "https" or plain) and parts.hostname and not parts.path.strip("/"):
            return self
        raise IrkitError(
            Diagnostic(
                code="IRK501",
                summary=f"`{self.org_url}` is no usable Okta org URL",
                help="write https://NAME.okta.com without a path; plain http is for loopback only",
            )
        )

    @property
    def origin(self) -> str:
        """The org URL without a trailing slash."""
        return self.org_url.rstrip("/")
