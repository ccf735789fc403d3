"""Temporary credentials: issued once, valid until they expire, whatever becomes of their origin.

A session holds no link to the key it was made from. It goes on working after that key has been
deactivated or deleted, and dies when its user or role is deleted, when a policy denies it, or when
it expires.
"""

import base64
import random
import string
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moto.iam.utils import generate_access_key_id_from_account_id

from irkit.model.access import Credential, Policy
from irkit.secret import Secret

_SECRET_LETTERS: Final = string.ascii_letters + string.digits + "+/"
_SECRET_LENGTH: Final = 40
_TOKEN_BYTES: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One set of temporary credentials.

    `holder` is the unique id of the user or role behind it; `policies` are session policies, None
    where there are none.
    """

    credential: Credential
    secret: Secret
    token: Secret
    holder: str
    holder_name: str
    policies: tuple[Policy, ...] | None

    @property
    def access_key_id(self) -> str:
        """The `ASIA…` id."""
        return self.credential.access_key_id


class SessionStore:
    """Every session issued so far, by access key id."""

    def __init__(self, seed: int) -> None:
        """Start empty, with secrets derived from `seed`."""
        self._random = random.Random(f"{seed}/sessions")  # noqa: S311  # a simulation's secrets must repeat
        self._sessions: dict[str, Session] = {}

    def new_key_id(self, account: str) -> str:
        """Return an unused `ASIA…` id of `account`."""
        key_id: str = generate_access_key_id_from_account_id(account, "ASIA")
        return key_id

    def new_secret(self) -> Secret:
        """Return a new secret access key."""
        return Secret("".join(self._random.choices(_SECRET_LETTERS, k=_SECRET_LENGTH)))

    def new_token(self) -> Secret:
        """Return a new session token."""
        return Secret(base64.b64encode(b"\x49" + self._random.randbytes(_TOKEN_BYTES)).decode())

    def add(self, session: Session) -> None:
        """Make a session usable."""
        self._sessions[session.access_key_id] = session

    def find(self, access_key_id: str) -> Session | None:
        """Return the session with this access key id."""
        return self._sessions.get(access_key_id)

    def all(self) -> tuple[Session, ...]:
        """Return every session, in the order of issue."""
        return tuple(self._sessions.values())


def is_expired(session: Session, now: datetime) -> bool:
    """Say whether the session's time is over."""
    expires_at = session.credential.expires_at
    return expires_at is not None and expires_at <= now
