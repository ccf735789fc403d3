"""Each fault as a client meets it, through the proxy, and whether the call took effect."""

import http.client
import time

import pytest
from okta_org import Org
from service_app import ServiceApp

from irkit.world.faults import (
    BAD_GATEWAY_PAGE,
    LOGIN_PAGE,
    WIRE_HEADER,
    Fault,
    FaultKind,
    FaultPlan,
    parse_wire,
    random_faults,
)
from irkit.world.stale import ReadHistory

SUSPEND = "POST /api/v1/users/{id}/lifecycle/suspend"


def suspend(org: Org, *, timeout: float = 5.0) -> object:
    """Suspend Mallory and return the answer."""
    path = org.user_path(org.mallory, "/lifecycle/suspend")
    return org.send("POST", path, timeout=timeout)


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        (FaultKind.SERVER_ERROR_EMPTY, 503, ""),
        (FaultKind.SERVER_ERROR_HTML, 502, BAD_GATEWAY_PAGE),
        (FaultKind.UNAUTHORIZED_EMPTY, 401, ""),
        (FaultKind.FORBIDDEN_EMPTY, 403, ""),
        (FaultKind.OK_HTML, 200, LOGIN_PAGE),
        (FaultKind.LOGIN_REDIRECT, 302, ""),
    ],
)
def test_gateway_faults_answer_without_effect(
    org: Org, kind: FaultKind, status: int, body: str
) -> None:
    """Empty errors, pages and redirects come instead of the answer, and nothing is done."""
    org.break_next(kind, SUSPEND)
    path = org.user_path(org.mallory, "/lifecycle/suspend")
    answer = org.post(path)
    assert (answer.status, answer.body.decode()) == (status, body)
    assert answer.all("x-okta-request-id") == []
    assert org.status(org.mallory) == "ACTIVE"
    assert org.post(path).body == b"{}"
    assert [call.fault for call in org.world.calls.writes()] == [str(kind), None]


def test_a_server_error_in_oktas_form(org: Org) -> None:
    """A JSON 500 has an E-code; by default nothing is done."""
    org.break_next(FaultKind.SERVER_ERROR_JSON, SUSPEND)
    answer = org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert (answer.status, answer.code) == (500, "E0000009")
    assert org.status(org.mallory) == "ACTIVE"


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.SERVER_ERROR_JSON,
        FaultKind.SERVER_ERROR_EMPTY,
        FaultKind.SERVER_ERROR_HTML,
    ],
)
def test_a_server_error_can_hide_an_effect(org: Org, kind: FaultKind) -> None:
    """With `applied` the call took effect behind the 5xx."""
    org.break_next(kind, SUSPEND, applied=True)
    assert org.post(org.user_path(org.mallory, "/lifecycle/suspend")).status >= 500
    assert org.status(org.mallory) == "SUSPENDED"


def test_the_three_forms_of_429(org: Org) -> None:
    """With a near reset, with all zero and a far one, and without any header."""
    now = int(org.clock().timestamp())
    expected = {
        FaultKind.THROTTLED: (["600"], ["0"], [str(now + 3)]),
        FaultKind.THROTTLED_CONCURRENCY: (["0"], ["0"], [str(now + 120)]),
        FaultKind.THROTTLED_BARE: ([], [], []),
    }
    for kind, headers in expected.items():
        org.break_next(kind, seconds=2)
        answer = org.get("/api/v1/users")
        assert (answer.status, answer.code) == (429, "E0000047")
        names = ("limit", "remaining", "reset")
        assert tuple(answer.all(f"x-rate-limit-{name}") for name in names) == headers
        assert answer.all("retry-after") == []


@pytest.mark.parametrize(
    ("kind", "status", "logged"),
    [(FaultKind.RESET_BEFORE, "ACTIVE", 0), (FaultKind.RESET_AFTER, "SUSPENDED", 200)],
)
def test_resets_look_the_same_and_are_not(
    org: Org, kind: FaultKind, status: str, logged: int
) -> None:
    """The client sees one reset; only the server knows whether the change was made."""
    org.break_next(kind, SUSPEND)
    with pytest.raises(ConnectionResetError):
        suspend(org)
    assert org.status(org.mallory) == status
    (call,) = org.world.calls.writes()
    assert (call.status, call.fault) == (logged, str(kind))


def test_a_truncated_body_breaks_off(org: Org) -> None:
    """The announced length is not delivered; the call took effect."""
    org.break_next(FaultKind.TRUNCATED, SUSPEND)
    with pytest.raises(http.client.IncompleteRead):
        suspend(org)
    assert org.status(org.mallory) == "SUSPENDED"


def test_a_truncated_answer_without_a_body_breaks_off_in_its_head(org: Org) -> None:
    """A 204 has no body to cut: its head is cut, and the client gets no answer at all."""
    org.break_next(FaultKind.TRUNCATED, "DELETE *")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        org.delete(org.user_path(org.mallory, "/sessions"))


@pytest.mark.parametrize(("applied", "status"), [(False, "ACTIVE"), (True, "SUSPENDED")])
def test_a_hang_leaves_the_client_to_its_own_time_out(org: Org, applied: bool, status: str) -> None:
    """Without a length a hang lasts until the client gives up."""
    org.break_next(FaultKind.HANG, SUSPEND, applied=applied)
    with pytest.raises(TimeoutError):
        suspend(org, timeout=0.2)
    assert org.status(org.mallory) == status


def test_a_hang_of_some_length_ends_in_a_reset(org: Org) -> None:
    """After `seconds` the connection is reset."""
    org.break_next(FaultKind.HANG, SUSPEND, seconds=0.1)
    start = time.monotonic()
    with pytest.raises(ConnectionResetError):
        suspend(org)
    assert time.monotonic() - start >= 0.1


def test_a_slow_drip_delivers_the_right_answer_late(org: Org) -> None:
    """Dripping takes its time and loses nothing."""
    org.break_next(FaultKind.SLOW_DRIP, "GET *", seconds=0.3)
    start = time.monotonic()
    answer = org.get(org.user_path(org.mallory))
    assert answer.object["id"] == org.mallory
    assert time.monotonic() - start >= 0.2


def test_unknown_enum_values_come_in_a_good_answer(org: Org) -> None:
    """Status and types are of a future version; everything else is right."""
    org.break_next(FaultKind.UNKNOWN_ENUM)
    user = org.get(org.user_path(org.mallory)).object
    assert (user["id"], user["status"]) == (org.mallory, "NOT_YET_DOCUMENTED")
    assert org.get(org.user_path(org.mallory)).object["status"] == "ACTIVE"


def test_a_stale_read_shows_the_state_before_the_write(org: Org) -> None:
    """For some seconds after the write a read answers as before it, then it catches up."""
    path = org.user_path(org.mallory)
    assert org.get(path).object["status"] == "ACTIVE"
    org.break_next(FaultKind.STALE_READ, "GET /api/v1/users/{id}", seconds=5, times=9)
    org.clock.move(seconds=1)
    suspend(org)
    assert org.get(path).object["status"] == "ACTIVE"
    org.clock.move(seconds=5)
    assert org.get(path).object["status"] == "SUSPENDED"


def test_a_stale_read_never_shows_what_somebody_else_was_told(org: Org) -> None:
    """A lagging answer to `me` is the caller's own, and a refusal is no state to fall back to."""
    other = f"SSWS {org.state.add_token(org.mallory)}"
    assert org.get("/api/v1/users/me", auth=other).object["id"] == org.mallory
    assert org.get("/api/v1/users/me", auth="SSWS none").status == 401
    org.break_next(FaultKind.STALE_READ, "GET *", seconds=60)
    assert org.get("/api/v1/users/me").object["id"] == org.responder


def test_credentials_can_die_in_mid_run(org: Org) -> None:
    """From the call on at which they expire, the credential is refused; another one works."""
    other = org.state.add_token(org.responder, "spare")
    org.break_next(FaultKind.CREDENTIALS_EXPIRE, SUSPEND)
    answer = org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert (answer.status, answer.code) == (401, "E0000011")
    assert org.status(org.mallory) == "ACTIVE"
    assert org.get("/api/v1/users").code == "E0000011"
    assert org.get("/api/v1/users", auth=f"SSWS {other}").status == 200


def test_an_access_token_can_die_before_its_hour(org: Org) -> None:
    """A bearer token that expires in mid-run is replaced by asking for another one."""
    app = ServiceApp(org, ("okta.users.manage",))
    bearer = app.bearer("okta.users.manage")
    org.break_next(FaultKind.CREDENTIALS_EXPIRE, SUSPEND)
    path = org.user_path(org.mallory, "/lifecycle/suspend")
    assert org.send("POST", path, auth=bearer).code == "E0000011"
    org.clock.move(seconds=1)
    assert org.send("POST", path, auth=app.bearer("okta.users.manage")).status == 200


def test_lagging_reads_remember_a_bounded_number_of_answers() -> None:
    """A read nobody made before has no past, and old reads are forgotten."""
    history: ReadHistory[str] = ReadHistory()
    assert history.as_of("x", 1.0) is None
    for number in range(600):
        history.remember(f"read {number}", float(number), "answer")
    assert history.as_of("read 0", 1000.0) is None
    assert history.as_of("read 599", 0.0) == "answer"


def test_an_answer_without_json_has_no_enums_to_change(org: Org) -> None:
    """A 204 is passed on as it is."""
    org.break_next(FaultKind.UNKNOWN_ENUM)
    assert org.delete(org.user_path(org.mallory, "/sessions")).status == 204


def test_faults_count_the_calls_that_match(org: Org) -> None:
    """The nth matching call is hit, as many in a row as asked, and what fired is on record."""
    plan = org.world.faults
    fault = Fault(
        kind=FaultKind.FORBIDDEN_EMPTY,
        provider="okta",
        operation="GET /api/v1/users*",
        nth=2,
        times=2,
    )
    plan.add(fault)
    org.get("/api/v1/groups")
    statuses = [org.get("/api/v1/users").status for _ in range(4)]
    assert statuses == [200, 403, 403, 200]
    assert [(fired.fault, fired.count) for fired in plan.fired()] == [(fault, 2), (fault, 3)]
    plan.clear()
    assert plan.fired() == ()
    assert plan.take("okta", "GET /api/v1/users") is None


def test_faults_are_for_one_provider() -> None:
    """A fault of the other provider neither fires nor counts."""
    plan = FaultPlan([Fault(kind=FaultKind.HANG, provider="aws")])
    assert plan.take("okta", "iam:GetUser") is None
    assert plan.take("aws", "iam:GetUser") is not None


def test_random_faults_are_the_same_for_the_same_seed() -> None:
    """A seeded sweep can be repeated, and another seed gives another one."""
    operations = ("GET /a", "POST /b")
    one = random_faults(1, provider="okta", operations=operations, count=20)
    assert one == random_faults(1, provider="okta", operations=operations, count=20)
    assert one != random_faults(2, provider="okta", operations=operations, count=20)
    assert {fault.operation for fault in one} == set(operations)


@pytest.mark.parametrize("kind", tuple(FaultKind))
def test_every_kind_knows_whether_the_call_takes_effect(kind: FaultKind) -> None:
    """Only hangs and server errors can be either; wire faults have a mark the proxy can read."""
    never, applied = (
        Fault(kind=kind, provider="okta", seconds=1.5, applied=a) for a in (False, True)
    )
    either = never.takes_effect != applied.takes_effect
    assert either == (kind is FaultKind.HANG or kind.startswith("server_error"))
    if never.wire is not None:
        assert parse_wire(never.wire)[1] == 1.5


def test_the_private_mark_never_reaches_a_client(org: Org) -> None:
    """The proxy takes the header out of what it lets through."""
    org.break_next(FaultKind.SLOW_DRIP)
    assert org.get("/api/v1/users").all(WIRE_HEADER) == []
