"""The seam between the SDK (`live.py`) and everything that decides about a call to AWS."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from irkit.canonical import Json
from irkit.model.iam_rights import Right
from irkit.providers.call import BeforeSend
from irkit.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Whose credentials a call uses: the reading or the writing role of an account.

    Without an account these are the first credentials themselves. `rights` are what a session of
    the role is reduced to; none leaves it what the role has.
    With `root_through`, which is the management account, they are a session as the account's
    root user for one task of AWS's.
    """

    account: str
    write: bool = False
    rights: tuple[Right, ...] = ()
    root_through: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call: which operation, where, with what."""

    service: str
    name: str
    region: str
    parameters: "Mapping[str, Json | Secret | bytes]" = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name people know: `iam:put_user_policy`."""
        return f"`{self.service}:{self.name}`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How an operation is paged: names of parameters, and expressions over the result."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """What came back: the decoded result, and what its metadata said."""

    result: Mapping[str, object]
    status: int
    request_id: str
    date: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """One set of credentials in use."""

    key_id: str
    secret_key: Secret
    session_token: Secret | None = None
    expires_at: datetime | None = None


class Backend(Protocol):
    """Sends one call, once."""

    async def send(
        self, operation: Operation, keys: Keys, *, before_send: BeforeSend | None = None
    ) -> Raw:
        """Return the result.

        Raises:
            CallError: for everything else, already judged.
        """

    async def source(self) -> Keys:
        """Return the first credentials.

        Raises:
            IrkitError: if there are none.
        """

    def cursor(self, service: str, operation: str) -> Cursor | None:
        """Return how the operation is paged, or None if it is not."""

    def pick(self, expression: str, result: Mapping[str, object]) -> object:
        """Return what a cursor's expression finds in a result."""
