"""What an error of AWS means. The one place where an error code becomes an outcome."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from irkit.diagnostics import Diagnostic
from irkit.providers.call import CallError, Outcome

_THROTTLING: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException.Throttled",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)

_BUSY: Final = frozenset(
    {
        "ConcurrentModification",
        "ConcurrentModificationException",
        "ConflictException",
        "EntityTemporarilyUnmodifiable",
        "EntityTemporarilyUnmodifiableException",
        "InvalidDBInstanceState",
        "InvalidDBInstanceStateFault",
        "OperationAborted",
        "PolicyChangesInProgressException",
        "ResourceConflictException",
        "ResourceContention",
        "ResourceContentionFault",
        "ResourceInUseException",
        "ScalingActivityInProgress",
        "ScalingActivityInProgressFault",
    }
)
"""Something else is being done to the same thing: in a moment the call can be made."""

_NAMES_ONE: Final = "not authorized to perform: "
"""What a refusal says before the right that is missing, where it says which one that is."""

_PAUSE: Final = 1.0
"""Seconds after a throttled call: AWS does not say when it will answer again."""


_DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
    }
)


def said_no(
    what: str, code: str, message: str, *, status: int, request_id: str, right: str = ""
) -> CallError:
    """Return the error for an answer in which AWS names an error `code`.

    `right` is the IAM action that allows the call. Not every service names it when it refuses, and
    somebody has to grant it.
    """
    if code in _DENIED and right and right not in message and _NAMES_ONE not in message:
        message = f"{message} (this takes {right})"
    if code in _THROTTLING | _BUSY or status == HTTPStatus.TOO_MANY_REQUESTS:
        outcome = Outcome.THROTTLED
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        outcome = Outcome.UNKNOWN
    elif status >= HTTPStatus.BAD_REQUEST:
        outcome = Outcome.REJECTED
    else:
        outcome = Outcome.SUSPICIOUS
    return _error(
        outcome,
        f"AWS: {what} {_WAITS if code in _BUSY else _TEXTS[outcome]}: {code}: {message}",
        status=status,
        error=code,
        request_id=request_id,
    )


def went_wrong(what: str, outcome: Outcome, reason: str) -> CallError:
    """Return the error for a call to which no answer came, or none that could be read."""
    return _error(outcome, f"AWS: {what} {_TEXTS[outcome]}: {reason}", error=reason)


def refused_here(what: str) -> CallError:
    """Return the error for an operation that a reader does not send."""
    return CallError(
        Diagnostic(
            code="IRK527",
            summary=f"AWS: {what} is no read, and was not sent",
            help="only a planned and approved change may write; this is a defect of the action",
        ),
        outcome=Outcome.NOT_SENT,
        error="NotARead",
    )


def not_rehearsed(what: str) -> CallError:
    """Return the error for a rehearsal that was answered as if the call had been made."""
    return CallError(
        Diagnostic(
            code="IRK531",
            summary=f"AWS: {what} was asked with DryRun and answered as if it had been made",
            help="look whether it was; what stands between here and AWS may drop the parameter",
        ),
        outcome=Outcome.SUSPICIOUS,
        error="NotRehearsed",
    )


def cursor_loop(what: str, reason: str) -> CallError:
    """Return the error for pages that do not end."""
    return CallError(
        Diagnostic(
            code="IRK528",
            summary=f"AWS: the pages of {what} {reason}",
            help="the list is not complete and was not used; try again",
        ),
        outcome=Outcome.SUSPICIOUS,
        error="Pagination",
    )


def _error(
    outcome: Outcome, summary: str, *, status: int = 0, error: str = "", request_id: str = ""
) -> CallError:
    return CallError(
        Diagnostic(code=_CODES[outcome], summary=summary, help=_HELP[outcome]),
        outcome=outcome,
        status=status,
        error=error,
        request_id=request_id,
        retry_after=_PAUSE if outcome is Outcome.THROTTLED else None,
    )


_CODES: Final[Mapping[Outcome, str]] = {
    Outcome.REJECTED: "IRK522",
    Outcome.NOT_SENT: "IRK523",
    Outcome.UNKNOWN: "IRK524",
    Outcome.THROTTLED: "IRK525",
    Outcome.SUSPICIOUS: "IRK526",
}
_WAITS: Final = "has to wait for something else"
_TEXTS: Final[Mapping[Outcome, str]] = {
    Outcome.REJECTED: "was refused",
    Outcome.NOT_SENT: "could not be sent",
    Outcome.UNKNOWN: "got no certain answer",
    Outcome.THROTTLED: "is rate limited",
    Outcome.SUSPICIOUS: "was answered by something that is not AWS",
}
_HELP: Final[Mapping[Outcome, str]] = {
    Outcome.REJECTED: "nothing was changed; `irkit permissions PLAYBOOK` lists the rights needed",
    Outcome.NOT_SENT: "nothing was changed; run `irkit check` to see whether AWS answers",
    Outcome.UNKNOWN: "it may have taken effect: irkit looks before anything is sent again",
    Outcome.THROTTLED: "nothing was changed; it can be sent again in a moment",
    Outcome.SUSPICIOUS: "check proxies and `endpoint_url`; irkit looks before sending again",
}
