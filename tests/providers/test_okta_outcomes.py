"""Every answer an Okta call can get, and the outcome it must have."""

import time
from collections.abc import Callable

import pytest
from okta_wire import connected
from wire_server import Script, WireServer, hang, http, reset, truncated

from irkit.providers.call import CallError, Outcome, Reply
from irkit.providers.okta.live import OktaConnection

E_CODE = '{"errorCode":"E0000007","errorSummary":"Not found: Resource not found"}'
HTML = "<html><body>Please sign in</body></html>"


async def suspend(connection: OktaConnection) -> Reply:
    """Send a write."""
    return await connection.writer().send("POST", "/api/v1/users/00u1/lifecycle/suspend")


async def get_user(connection: OktaConnection) -> Reply:
    """Send a read."""
    return await connection.reader().get("/api/v1/users/00u1")


def failure(script: Script, work: Callable[[OktaConnection], object] = suspend) -> CallError:
    """Return the error that a call ends with."""
    with WireServer(script) as server, pytest.raises(CallError) as caught:
        connected(server.url, work)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("work", [suspend, get_user])
@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (http("401 Unauthorized"), Outcome.REJECTED),
        (http("401 Unauthorized", content_type=""), Outcome.REJECTED),
        (http("403 Forbidden"), Outcome.REJECTED),
        (http("403 Forbidden", content_type=""), Outcome.REJECTED),
        (http("404 Not Found", E_CODE), Outcome.REJECTED),
        (http("400 Bad Request", HTML, content_type="text/html"), Outcome.REJECTED),
        (http("500 Internal Server Error"), Outcome.UNKNOWN),
        (http("500 Internal Server Error", E_CODE), Outcome.UNKNOWN),
        (http("502 Bad Gateway", HTML, content_type="text/html"), Outcome.UNKNOWN),
        (http("503 Service Unavailable", content_type=""), Outcome.UNKNOWN),
        (http("200 OK", HTML, content_type="text/html"), Outcome.SUSPICIOUS),
        (http("200 OK", HTML), Outcome.SUSPICIOUS),
        (http("200 OK", "{not json"), Outcome.SUSPICIOUS),
        (http("302 Found", headers=[("Location", "/login")]), Outcome.SUSPICIOUS),
        (http("307 Temporary", headers=[("Location", "/login")]), Outcome.SUSPICIOUS),
        (http("429 Too Many Requests"), Outcome.THROTTLED),
        (reset, Outcome.UNKNOWN),
        (truncated, Outcome.UNKNOWN),
        (hang, Outcome.UNKNOWN),
    ],
)
def test_no_failure_is_a_success(
    script: Script, outcome: Outcome, work: Callable[[OktaConnection], object]
) -> None:
    """Each fault, on a read and on a write, has its one outcome and is never a reply."""
    assert failure(script, work).outcome is outcome


@pytest.mark.parametrize(
    "answer", [http("200 OK", "{}"), http("200 OK"), http("204 No Content", content_type="")]
)
def test_lifecycle_calls_may_answer_with_nothing(answer: bytes) -> None:
    """Okta answers writes with `{}`, with nothing, or with 204; all three are successes."""
    with WireServer(answer) as server:
        reply = connected(server.url, suspend)
    assert reply.status in {200, 204}


def test_a_read_answered_with_nothing_is_suspicious() -> None:
    """An empty 200 is no user: something else than Okta answered."""
    assert failure(http("200 OK"), get_user).outcome is Outcome.SUSPICIOUS


def test_a_refused_connection_was_never_sent() -> None:
    """A write to a port nobody listens on may be sent again."""
    with WireServer(http()) as server:
        url = server.url
    with pytest.raises(CallError) as caught:
        connected(url, suspend)
    assert caught.value.outcome is Outcome.NOT_SENT


def test_a_redirect_is_not_followed() -> None:
    """The token never follows a redirect."""
    with WireServer(http("302 Found", headers=[("Location", "/login")]), http("200 OK", "{}")) as s:
        with pytest.raises(CallError):
            connected(s.url, suspend)
        assert s.sent == 1


def test_a_write_is_sent_once_whatever_happens() -> None:
    """Neither the SDK nor the HTTP client repeats a write, not even an idempotent one."""

    async def delete(connection: OktaConnection) -> Reply:
        return await connection.writer().send("DELETE", "/api/v1/users/00u1/sessions")

    for script in (reset, http("503 Service Unavailable"), http("429 Too Many Requests")):
        with WireServer(script) as server:
            with pytest.raises(CallError):
                connected(server.url, delete)
            assert server.sent == 1


def test_okta_s_error_code_and_request_id_are_kept() -> None:
    """What Okta said is in the error, for the trail."""
    answer = http("404 Not Found", E_CODE, headers=[("X-Okta-Request-Id", "req-1")])
    error = failure(answer)
    assert (error.error, error.request_id, error.status) == ("E0000007", "req-1", 404)
    assert "Resource not found" in error.diagnostics[0].summary


def rate_headers(limit: int, remaining: int, seconds: int) -> list[tuple[str, str]]:
    """Return Okta's rate-limit headers: the window ends in `seconds` on Okta's own clock."""
    return [
        ("Date", "Tue, 24 Nov 2026 03:00:00 GMT"),
        ("x-rate-limit-limit", str(limit)),
        ("x-rate-limit-remaining", str(remaining)),
        ("x-rate-limit-reset", str(1795489200 + seconds)),
    ]


def test_a_throttled_call_says_when_the_window_ends() -> None:
    """The wait is reset minus Date, whatever this machine's clock says."""
    error = failure(http("429 Too Many", E_CODE, headers=rate_headers(50, 0, 12)))
    assert error.retry_after == pytest.approx(13.0)


def test_a_concurrency_refusal_waits_a_second_not_for_the_window() -> None:
    """Limit and remaining of 0 mean too many calls at once, and the reset means nothing."""
    error = failure(http("429 Too Many", E_CODE, headers=rate_headers(0, 0, 110)))
    assert error.retry_after == pytest.approx(1.0)


def test_a_hang_ends_at_the_time_out() -> None:
    """A server that never answers costs the time-out and no more."""
    started = time.monotonic()
    failure(hang)
    assert time.monotonic() - started < 3


def test_a_scope_that_is_missing_is_named() -> None:
    """Okta names it in a header and says nothing else."""
    told = 'Bearer realm="x", scope="okta.users.manage", error="insufficient_scope", resource="/"'
    refused = failure(http("403 Forbidden", "", [("WWW-Authenticate", told)], ""))
    assert refused.error == "insufficient_scope"
    (diagnostic,) = refused.diagnostics
    assert "this takes okta.users.manage" in diagnostic.summary
    assert "irkit permissions" in diagnostic.help
