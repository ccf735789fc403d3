"""What can come of one call to a provider, and the error that carries it.

No provider error is ever mapped to success. The six outcomes are the whole vocabulary; what a
retry or a settle may do follows from them and from nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from irkit.canonical import Json
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.iam_rights import Right

BeforeSend: TypeAlias = Callable[[], None]
"""Called by a transport immediately before a write leaves; raises where it must not leave."""


class Outcome(StrEnum):
    """The outcome of one call.

    `rejected` and `throttled` are definite: nothing happened. `not_sent` never left and is safe to
    retry. `unknown` (time-out after sending, reset, 5xx) and `suspicious` (200 with HTML, a
    redirect to a login page) must be settled by reading back.
    """

    OK = "ok"
    REJECTED = "rejected"
    THROTTLED = "throttled"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    SUSPICIOUS = "suspicious"

    @property
    def definite(self) -> bool:
        """Say whether it is certain that the call had no effect."""
        return self in {Outcome.REJECTED, Outcome.THROTTLED, Outcome.NOT_SENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a writing handle is for.

    Calls for one purpose use one endpoint of one tenant, which is told apart by `name`; `rights`
    are all they may do, where the connection can be reduced to that.
    """

    name: str = ""
    rights: tuple[Right, ...] = ()


ANYTHING: Final = Purpose()
"""No purpose in particular: nothing is known before, and nothing is taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A successful answer: the body as JSON, the provider's request id and its clock."""

    status: int
    body: Json
    request_id: str = ""
    date: datetime | None = None


class CallError(IrkitError):
    """A call that did not succeed, with its outcome and what the provider said."""

    def __init__(
        self,
        diagnostic: Diagnostic,
        *,
        outcome: Outcome,
        status: int = 0,
        error: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        """Keep the provider's own error code (`E0000007`, `AccessDenied`) in `error`.

        `retry_after` is in seconds, where the provider said when it will answer again.
        """
        super().__init__(diagnostic)
        self.outcome = outcome
        self.status = status
        self.error = error
        self.request_id = request_id
        self.retry_after = retry_after
