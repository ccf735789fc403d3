"""Rate limits: learnt from answers, shared, waited for before sending, and announced."""

from collections.abc import Callable

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from okta_wire import connected
from wire_server import WireServer, http

from irkit.providers.limits import Quota, RateLimits, Wait
from irkit.providers.okta.buckets import bucket_of
from irkit.providers.okta.live import OktaConnection
from irkit.providers.retry import Patience


class Timer:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Move on."""
        self.now += seconds


def limits(timer: Timer, waits: list[Wait]) -> RateLimits:
    """Return limits on a made-up clock."""
    return RateLimits("okta:00o", on_wait=waits.append, monotonic=timer, sleep=timer.sleep)


def run(work: Callable[[RateLimits, Timer], object], waits: list[Wait]) -> None:
    """Do `work` with fresh limits."""
    timer = Timer()

    async def main() -> None:
        await work(limits(timer, waits), timer)  # type: ignore[misc]

    anyio.run(main)


def test_nothing_is_waited_for_before_anything_is_known() -> None:
    """The first calls go at once."""
    waits: list[Wait] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        for _ in range(20):
            await limits.acquire("users")

    run(work, waits)
    assert waits == []


def test_an_empty_window_is_waited_out_before_sending() -> None:
    """With nothing left, the next call waits for the reset and says why."""
    waits: list[Wait] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        await limits.acquire("users")
        limits.release("users", Quota(limit=10, remaining=1, resets_in=30.0))
        await limits.acquire("users")
        limits.release("users", None)
        before = timer.now
        await limits.acquire("users")
        assert timer.now - before == pytest.approx(30.0)

    run(work, waits)
    assert [(w.tenant, w.bucket, w.why) for w in waits] == [("okta:00o", "users", "rate limit")]


def test_a_turn_is_waited_for_before_the_call_is_known() -> None:
    """The first call of a purpose says where it goes; the next waits there, before it is made."""
    waits: list[Wait] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        assert await limits.take_turn("suspend") == ""
        await limits.use_turn("", "suspend", "users")
        limits.release("users", Quota(limit=10, remaining=0, resets_in=30.0))
        turn = await limits.take_turn("suspend")
        assert (turn, timer.now) == ("users", 1030.0)
        await limits.use_turn(turn, "suspend", "users")
        limits.release("users", None)
        assert timer.now == pytest.approx(1030.0)

    run(work, waits)
    assert [wait.bucket for wait in waits] == ["users"]


def test_a_turn_counts_until_it_is_given_back() -> None:
    """Whoever holds a turn takes it from the others, and one that was not used is not lost."""
    waits: list[Wait] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        await limits.use_turn("", "suspend", "users")
        limits.release("users", Quota(limit=10, remaining=1, resets_in=30.0))
        turn = await limits.take_turn("suspend")
        limits.give_back(turn)
        turn = await limits.take_turn("suspend")
        assert timer.now == pytest.approx(1000.0)
        await limits.acquire("users")
        assert timer.now == pytest.approx(1030.0)
        before = timer.now
        await limits.use_turn(turn, "suspend", "groups")
        assert limits.headroom() == (("users", 9, 10),), timer.now - before

    run(work, waits)


def test_other_buckets_are_not_held_up() -> None:
    """One endpoint's limit is not another's."""
    waits: list[Wait] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        await limits.acquire("users")
        limits.release("users", Quota(limit=10, remaining=0, resets_in=30.0))
        await limits.acquire("logs")

    run(work, waits)
    assert waits == []


def test_calls_under_way_count() -> None:
    """An answer does not know of calls sent since: they are subtracted from what it says."""
    waits: list[Wait] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        for _ in range(3):
            await limits.acquire("users")
        limits.release("users", Quota(limit=10, remaining=2, resets_in=30.0))
        await limits.acquire("users")

    run(work, waits)
    assert len(waits) == 1


def test_an_answer_that_was_overtaken_gives_nothing_back() -> None:
    """An older answer of the same window does not raise what is left."""
    waits: list[Wait] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        await limits.acquire("users")
        await limits.acquire("users")
        limits.release("users", Quota(limit=10, remaining=1, resets_in=30.0))
        limits.release("users", Quota(limit=10, remaining=5, resets_in=30.0))
        assert limits.headroom() == (("users", 0, 10),)

    run(work, waits)


def test_a_refusal_blocks_the_bucket_for_all() -> None:
    """After a 429 nobody sends until it is over."""
    waits: list[Wait] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        limits.block("users", 5.0)
        await limits.acquire("users")

    run(work, waits)
    assert waits[0].seconds == pytest.approx(5.0)


@given(count=st.integers(1, 30), per_second=st.integers(1, 5))
def test_a_documented_pace_is_never_exceeded(count: int, per_second: int) -> None:
    """No second holds more calls than the provider documents."""
    moments: list[float] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        for _ in range(count):
            await limits.acquire("lookup", per_second=per_second)
            moments.append(timer.now)

    run(work, [])
    for index in range(len(moments) - per_second):
        assert moments[index + per_second] - moments[index] >= 1.0


def test_headroom_is_known_for_preflight() -> None:
    """What is left in each window can be shown."""
    shown: list[tuple[tuple[str, int, int], ...]] = []

    async def work(limits: RateLimits, timer: Timer) -> None:
        await limits.acquire("users")
        limits.release("users", Quota(limit=50, remaining=48, resets_in=30.0))
        shown.append(limits.headroom())

    run(work, [])
    assert shown == [(("users", 48, 50),)]


def test_a_throttled_read_waits_and_is_asked_again() -> None:
    """A live read rides over a 429 and announces its wait."""
    refused = http(
        "429 Too Many",
        headers=[
            ("Date", "Tue, 24 Nov 2026 03:00:00 GMT"),
            ("x-rate-limit-limit", "0"),
            ("x-rate-limit-remaining", "0"),
            ("x-rate-limit-reset", "1795489260"),
        ],
    )
    waits: list[Wait] = []

    async def read(connection: OktaConnection) -> object:
        return (await connection.reader().get("/api/v1/users/00u1")).body

    with WireServer(refused, http("200 OK", '{"id":"00u1"}')) as server:
        body = connected(server.url, read, patience=Patience(attempts=2), waits=waits)
    assert body == {"id": "00u1"}
    assert waits[0].bucket == "GET /api/v1/users/{id}"


def test_a_read_with_too_little_time_left_fails_at_once() -> None:
    """A wait that would outlast the caller's deadline is not begun."""
    refused = http(
        "429 Too Many",
        headers=[
            ("Date", "Tue, 24 Nov 2026 03:00:00 GMT"),
            ("x-rate-limit-limit", "10"),
            ("x-rate-limit-remaining", "0"),
            ("x-rate-limit-reset", "1795489260"),
        ],
    )

    async def read(connection: OktaConnection) -> float:
        started = anyio.current_time()
        with anyio.move_on_after(20), pytest.raises(Exception, match="IRK513"):
            await connection.reader().get("/api/v1/users/00u1")
        return anyio.current_time() - started

    with WireServer(refused) as server:
        assert connected(server.url, read, patience=Patience(attempts=2)) < 5


@pytest.mark.parametrize(
    ("path", "bucket"),
    [
        ("/api/v1/users/00u1abc", "GET /api/v1/users/{id}"),
        ("/api/v1/users/kai@acme.example", "GET /api/v1/users/{id}"),
        ("/api/v1/users/kai", "GET /api/v1/users/{id}"),
        ("/api/v1/users/me", "GET /api/v1/users/me"),
        ("/api/v1/users", "GET /api/v1/users"),
        ("/api/v1/users/00u1/lifecycle/suspend", "GET /api/v1/users/{id}/lifecycle/suspend"),
        (
            "/api/v1/users/00u1/roles/ra1/targets/groups",
            "GET /api/v1/users/{id}/roles/{id}/targets/groups",
        ),
        ("/api/v1/api-tokens/current", "GET /api/v1/api-tokens/current"),
        ("/api/v1/logs?since=2026", "GET /api/v1/logs"),
    ],
)
def test_ids_do_not_make_buckets(path: str, bucket: str) -> None:
    """Calls on different users share the endpoint's limit."""
    assert bucket_of("GET", f"https://acme.okta.com{path}") == bucket
