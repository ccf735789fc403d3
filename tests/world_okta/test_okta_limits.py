"""Rate limits: headers, buckets, the two refusals, and the absence of Retry-After."""

import threading
from email.utils import parsedate_to_datetime

import pytest
from okta_org import Answer, Org

from irkit.world.okta.limits import Bucket, RateLimits


def limits_of(answer: Answer) -> tuple[int, int, int]:
    """Return limit, remaining and reset of an answer."""
    limit, remaining, reset = (
        int(answer.header(f"x-rate-limit-{name}")) for name in ("limit", "remaining", "reset")
    )
    return limit, remaining, reset


def test_answers_carry_the_bucket_and_the_servers_date(org: Org) -> None:
    """Limit, remaining and reset count down within the window; Date is the world's clock."""
    first, second = (org.get("/api/v1/users") for _ in range(2))
    now = int(org.clock().timestamp())
    assert limits_of(first) == (600, 599, now + 60)
    assert limits_of(second) == (600, 598, now + 60)
    assert parsedate_to_datetime(first.header("date")) == org.clock()
    assert all(name == name.lower() for name, _ in first.headers)


def test_a_full_bucket_refuses_until_its_reset(org: Org) -> None:
    """The third call of two is E0000047 without Retry-After; after the reset calls work again."""
    org.world.limits = RateLimits(buckets=(Bucket(pattern="GET /api/v1/logs", limit=2),))
    assert [org.get("/api/v1/logs").status for _ in range(3)] == [200, 200, 429]
    refused = org.get("/api/v1/logs")
    assert refused.code == "E0000047"
    assert limits_of(refused)[:2] == (2, 0)
    assert refused.all("retry-after") == []
    org.clock.move(seconds=60)
    assert org.get("/api/v1/logs").status == 200


def test_buckets_do_not_share(org: Org) -> None:
    """A full bucket leaves the others alone; an unlimited endpoint has no headers."""
    org.world.limits = RateLimits(buckets=(Bucket(pattern="GET /api/v1/logs", limit=1),))
    org.get("/api/v1/logs")
    assert org.get("/api/v1/logs").status == 429
    other = org.get("/api/v1/users")
    assert (other.status, other.all("x-rate-limit-limit")) == (200, [])


def test_a_refused_write_has_no_effect(org: Org) -> None:
    """What the limit refuses is not carried out, and the call log says 429."""
    org.world.limits = RateLimits(buckets=(Bucket(pattern="POST *", limit=1),))
    org.post("/api/v1/groups", {"profile": {"name": "one"}})
    assert org.post(org.user_path(org.mallory, "/lifecycle/suspend")).status == 429
    assert org.status(org.mallory) == "ACTIVE"
    assert [call.status for call in org.world.calls.writes()] == [200, 429]


def test_too_many_calls_at_once_get_the_all_zero_form(org: Org) -> None:
    """Over the concurrency limit, limit and remaining are 0 and the reset is far away."""
    org.world.limits = RateLimits(concurrent=1)
    org.world.latency = 0.2
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(org.get("/api/v1/users"))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    limit, remaining, reset = limits_of(refused[0])
    assert (limit, remaining) == (0, 0)
    assert reset - org.clock().timestamp() > 100
    org.world.latency = 0.0
    assert org.get("/api/v1/users").status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing", 404), ("PATCH", "/api/v1/users", 405), ("GET", "/login", 404)],
)
def test_what_does_not_exist_is_e0000022(org: Org, method: str, path: str, status: int) -> None:
    """Unknown paths and methods answer as Okta does."""
    answer = org.send(method, path)
    assert (answer.status, answer.code) == (status, "E0000022")


def test_a_body_that_is_no_json_is_refused(org: Org) -> None:
    """Malformed bodies are E0000003 and change nothing."""
    path = org.user_path(org.mallory, "/roles")
    headers = {"content-type": "application/json"}
    for body in ("{", "[1]", '"text"'):
        answer = org.send("POST", path, headers=headers, form=body)
        assert (answer.status, answer.code) == (400, "E0000003")
    assert org.get(path).items == []
