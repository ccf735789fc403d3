"""What an answer of Okta means. The one place where a status becomes an outcome.

Only a 2xx whose body is JSON or empty is a success. An empty body never turns an error status into
one; a page of HTML or a redirect is not Okta speaking and is `suspicious`, whatever its status.
"""

import re
from http import HTTPStatus
from typing import Final, NoReturn

from irkit.canonical import Json
from irkit.diagnostics import Diagnostic
from irkit.providers.call import CallError, Outcome, Reply
from irkit.providers.json_text import decode
from irkit.providers.limits import Quota
from irkit.providers.okta.exchange import Answer, Ask, TokenError, TransportError
from irkit.providers.server_clock import parse_date

CONCURRENCY_PAUSE: Final = 1.0
"""Seconds after a refusal for too many calls at once; its reset time means nothing."""

_SCOPE: Final = re.compile(r'\bscope="([^"]+)"')
_NO_SCOPE: Final = "insufficient_scope"

_DEFAULT_PAUSE: Final = 2.0
"""Seconds after a 429 that does not say when it ends."""


def judge(ask: Ask, answer: Answer) -> Reply:
    """Return the reply, if the call succeeded.

    Raises:
        CallError: if it did not, or if that is not certain.
    """
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        _fail(ask, answer, Outcome.SUSPICIOUS, "redirects elsewhere, which Okta's API never does")
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        _fail(ask, answer, Outcome.THROTTLED, "is rate limited", retry_after(answer))
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status < HTTPStatus.OK:
        _fail(ask, answer, Outcome.UNKNOWN, "failed inside Okta")
    if answer.status >= HTTPStatus.BAD_REQUEST:
        _fail(ask, answer, Outcome.REJECTED, "was refused")
    return Reply(
        status=answer.status,
        body=_success_body(ask, answer),
        request_id=answer.first("x-okta-request-id"),
        date=parse_date(answer.first("date")),
    )


def not_answered(ask: Ask, error: TransportError | TokenError) -> CallError:
    """Return the error for a request to which no answer came."""
    match error:
        case TransportError(sent=True):
            outcome, code, text = Outcome.UNKNOWN, "IRK512", "got no answer"
        case TransportError():
            outcome, code, text = Outcome.NOT_SENT, "IRK511", "could not be sent"
        case TokenError(status=status) if 400 <= status < 500:  # noqa: PLR2004 - HTTP's classes
            outcome, code, text = Outcome.REJECTED, "IRK515", "could not be authorised"
        case _:
            outcome, code, text = Outcome.NOT_SENT, "IRK511", "could not be authorised"
    return CallError(
        Diagnostic(
            code=code,
            summary=f"Okta: {_what(ask)} {text}: {error.reason}",
            help="run `irkit check` to see whether the org answers",
        ),
        outcome=outcome,
        status=error.status if isinstance(error, TokenError) else 0,
    )


def quota(answer: Answer) -> Quota | None:
    """Return what the answer says about its rate limit; None where it says nothing usable.

    A limit of 0 is the limit on concurrent calls, which has no window.
    """
    limit = answer.lowest("x-rate-limit-limit")
    remaining = answer.lowest("x-rate-limit-remaining")
    seconds = _seconds_to_reset(answer)
    if not limit or remaining is None or seconds is None:
        return None
    return Quota(limit=limit, remaining=remaining, resets_in=seconds)


def retry_after(answer: Answer) -> float:
    """Return the seconds after which a throttled call may be sent again."""
    said = answer.first("retry-after")
    if said.isdecimal():
        return float(said)
    if answer.lowest("x-rate-limit-limit") == 0 and answer.lowest("x-rate-limit-remaining") == 0:
        return CONCURRENCY_PAUSE
    seconds = _seconds_to_reset(answer)
    return _DEFAULT_PAUSE if seconds is None else seconds


def _seconds_to_reset(answer: Answer) -> float | None:
    """Return reset minus `Date`, both on Okta's clock, and one second for their rounding."""
    reset = answer.lowest("x-rate-limit-reset")
    date = parse_date(answer.first("date"))
    if reset is None or date is None:
        return None
    return max(0.0, reset - date.timestamp()) + 1.0


def _success_body(ask: Ask, answer: Answer) -> Json:
    if not answer.body.strip():
        if ask.is_read and answer.status == HTTPStatus.OK:
            _fail(ask, answer, Outcome.SUSPICIOUS, "answered a read with nothing")
        return None
    if "html" in answer.first("content-type").lower():
        _fail(ask, answer, Outcome.SUSPICIOUS, "was answered with a web page")
    try:
        return decode(answer.body)
    except ValueError:
        _fail(ask, answer, Outcome.SUSPICIOUS, "was answered with something that is not JSON")


def _fail(
    ask: Ask, answer: Answer, outcome: Outcome, text: str, pause: float | None = None
) -> NoReturn:
    error, summary = _said(answer)
    detail = f" ({error}: {summary})" if error else ""
    raise CallError(
        Diagnostic(
            code=_CODES[outcome],
            summary=f"Okta: {_what(ask)} {text}: HTTP {answer.status}{detail}",
            help=_SCOPES_HELP if error == _NO_SCOPE else _HELP[outcome],
        ),
        outcome=outcome,
        status=answer.status,
        error=error,
        request_id=answer.first("x-okta-request-id"),
        retry_after=pause,
    )


def _said(answer: Answer) -> tuple[str, str]:
    """Return Okta's error code and summary: of its error object, or of a header and no body."""
    challenge = answer.first("www-authenticate")
    if _NO_SCOPE in challenge:
        scope = _SCOPE.search(challenge)
        return _NO_SCOPE, f"this takes {scope[1]}" if scope else "the token lacks a scope"
    try:
        body = decode(answer.body)
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    code = body.get("errorCode") or body.get("error") or ""
    summary = body.get("errorSummary") or body.get("error_description") or ""
    return str(code), str(summary)


def _what(ask: Ask) -> str:
    path = ask.url.split("://", 1)[-1].partition("/")[2].partition("?")[0]
    return f"`{ask.method} /{path}`"


_CODES: Final = {
    Outcome.SUSPICIOUS: "IRK514",
    Outcome.THROTTLED: "IRK513",
    Outcome.UNKNOWN: "IRK512",
    Outcome.REJECTED: "IRK510",
}
_SCOPES_HELP: Final = (
    "nothing was changed; grant it to the service app, and list it under `scopes:` in irkit.yaml "
    "(`irkit permissions PLAYBOOK --format okta` prints what is needed)"
)
_HELP: Final = {
    Outcome.SUSPICIOUS: "something between here and Okta answered: check proxies and the org URL",
    Outcome.THROTTLED: "nothing was changed; it can be sent again when the window is over",
    Outcome.UNKNOWN: "it may have taken effect: irkit looks before anything is sent again",
    Outcome.REJECTED: "nothing was changed; run `irkit check` to see what this token may do",
}
