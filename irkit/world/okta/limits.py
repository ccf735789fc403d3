"""Okta's rate limits: a bucket per group of endpoints and minute, and a limit on concurrent calls.

Every answer of a limited endpoint carries the bucket's state. A request over the bucket's limit,
or over the concurrency limit (recognised by limit = remaining = 0), is refused with 429 and
E0000047, and never with `Retry-After`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

WINDOW: Final = 60
CONCURRENCY_RESET: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One limit: operations that match `pattern` share `limit` calls a minute."""

    pattern: str
    limit: int


DEFAULT_BUCKETS: Final = (
    Bucket(pattern="GET /api/v1/logs", limit=120),
    Bucket(pattern="GET /api/v1/users/{id}", limit=2000),
    Bucket(pattern="GET /api/v1/users", limit=600),
    Bucket(pattern="* /api/v1/apps*", limit=600),
    Bucket(pattern="* /api/v1/groups*", limit=1000),
    Bucket(pattern="* /api/v1/users/*", limit=1200),
    Bucket(pattern="* /api/v1/*", limit=1200),
    Bucket(pattern="* /oauth2/*", limit=1200),
    Bucket(pattern="* /integrations/*", limit=100),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a call found in its bucket."""

    limit: int
    remaining: int
    reset: int
    refused: bool = False

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the three rate-limit headers."""
        return (
            ("x-rate-limit-limit", str(self.limit)),
            ("x-rate-limit-remaining", str(self.remaining)),
            ("x-rate-limit-reset", str(self.reset)),
        )


@dataclass(slots=True, kw_only=True)
class RateLimits:
    """The buckets of the org. Set `buckets` and `concurrent` to make an org tighter."""

    buckets: Sequence[Bucket] = DEFAULT_BUCKETS
    concurrent: int = 75
    in_flight: int = 0
    _used: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, operation: str, now: float) -> Allowance | None:
        """Count one call; None where no bucket is meant for `operation`."""
        bucket = next((b for b in self.buckets if fnmatchcase(operation, b.pattern)), None)
        if bucket is None:
            return None
        if self.in_flight > self.concurrent:
            return concurrency_refusal(now)
        used, reset = self._used.get(bucket.pattern, (0, 0))
        if now >= reset:
            used, reset = 0, math.ceil(now) + WINDOW
        self._used[bucket.pattern] = (used + 1, reset)
        return Allowance(
            limit=bucket.limit,
            remaining=max(0, bucket.limit - used - 1),
            reset=reset,
            refused=used >= bucket.limit,
        )


def concurrency_refusal(now: float) -> Allowance:
    """Return the form of a concurrency limit: all zero, and a reset that is far away."""
    return Allowance(limit=0, remaining=0, reset=int(now) + CONCURRENCY_RESET, refused=True)
