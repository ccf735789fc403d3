"""Rate limits, learnt from answers and shared by everything that uses one connection.

One bucket is one endpoint of one tenant. A call waits before it is sent, never after; what it waits
for is told to `on_wait`, so that a screen can count down. Nothing is assumed about a bucket until
the provider has said something about it.

A write waits before its target is looked at, so that nothing that was looked at, allowed and
intended grows old in a queue: it takes its turn for a purpose (an action's verb in one tenant),
whose bucket is known from the call before. The first call for a purpose waits where it is sent.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import anyio

WINDOW: Final = 60.0
"""Seconds assumed for a window after the one whose end the provider named."""

_SAME_WINDOW: Final = 2.0
"""Seconds by which two answers may differ on the end of the same window."""

_SECOND: Final = 1.05
"""A second with room for the way to the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One wait: for whom, how long and why."""

    tenant: str
    bucket: str
    seconds: float
    why: str


OnWait: TypeAlias = Callable[[Wait], None]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Monotonic: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What an answer said: how many calls a window has, how many are left, seconds to its end."""

    limit: int
    remaining: int
    resets_in: float


class _Bucket:
    """One endpoint: what is left in the window, and until when nothing may be sent."""

    __slots__ = ("blocked_until", "in_flight", "limit", "recent", "remaining", "resets_at")

    def __init__(self) -> None:
        self.limit: int | None = None
        self.remaining = 0
        self.resets_at = 0.0
        self.blocked_until = 0.0
        self.in_flight = 0
        self.recent: list[float] = []

    def delay(self, now: float, per_second: int) -> float:
        """Return the seconds until a call may go, 0 if it may go now."""
        if self.limit is not None and now >= self.resets_at:
            self.remaining = self.limit - self.in_flight
            self.resets_at = now + WINDOW
        wait = max(0.0, self.blocked_until - now)
        if self.limit is not None and self.remaining <= 0:
            wait = max(wait, self.resets_at - now)
        if per_second:
            self.recent = [moment for moment in self.recent if now - moment < _SECOND]
            if len(self.recent) >= per_second:
                wait = max(wait, self.recent[-per_second] + _SECOND - now)
        return wait

    def sent(self, now: float) -> None:
        """Count a call that goes now; 0 where nobody counts by the second."""
        self.remaining -= 1
        self.in_flight += 1
        if now:
            self.recent.append(now)

    def learn(self, quota: Quota, now: float) -> None:
        """Take in what an answer said; calls under way are not in its count yet."""
        remaining = quota.remaining - self.in_flight
        resets_at = now + quota.resets_in
        if self.limit == quota.limit and abs(resets_at - self.resets_at) <= _SAME_WINDOW:
            remaining = min(remaining, self.remaining)  # answers overtake one another
        self.limit, self.remaining, self.resets_at = quota.limit, remaining, resets_at


class RateLimits:
    """All buckets of one tenant."""

    def __init__(
        self,
        tenant: str,
        *,
        on_wait: OnWait | None = None,
        monotonic: Monotonic = time.monotonic,
        sleep: Sleep = anyio.sleep,
    ) -> None:
        """Start knowing nothing about `tenant`."""
        self._tenant = tenant
        self._on_wait = on_wait
        self._monotonic = monotonic
        self._sleep = sleep
        self._buckets: dict[str, _Bucket] = {}
        self._purposes: dict[str, str] = {}

    async def acquire(self, bucket: str, *, per_second: int = 0) -> None:
        """Return when one call may be sent; `release` it when the answer is there.

        `per_second` is a limit that the provider documents and does not send; 0 is none.
        """
        entry = self._buckets.setdefault(bucket, _Bucket())
        while delay := entry.delay(self._monotonic(), per_second):
            await self.wait(bucket, delay, "rate limit")
        entry.sent(self._monotonic() if per_second else 0.0)

    async def take_turn(self, purpose: str) -> str:
        """Wait like the last call for `purpose` and return its bucket; empty where none was made.

        The turn is used with `use_turn`, or has to be given back.
        """
        bucket = self._purposes.get(purpose, "")
        if bucket:
            await self.acquire(bucket)
        return bucket

    async def use_turn(self, turn: str, purpose: str, bucket: str, *, per_second: int = 0) -> None:
        """Return when a call for `purpose` may be sent: at once if `turn` is of its bucket."""
        if purpose:
            self._purposes[purpose] = bucket
        if turn == bucket:
            return
        self.give_back(turn)
        await self.acquire(bucket, per_second=per_second)

    def give_back(self, turn: str) -> None:
        """Let somebody else have a turn that no call used."""
        if turn:
            entry = self._buckets[turn]
            entry.in_flight -= 1
            entry.remaining += 1

    def release(self, bucket: str, quota: Quota | None) -> None:
        """Say that the call is over, and what its answer told about the limit."""
        entry = self._buckets[bucket]
        entry.in_flight -= 1
        if quota is not None:
            entry.learn(quota, self._monotonic())

    def block(self, bucket: str, seconds: float) -> None:
        """Let nothing more out for `seconds`: the provider has refused a call."""
        entry = self._buckets.setdefault(bucket, _Bucket())
        entry.blocked_until = max(entry.blocked_until, self._monotonic() + seconds)

    def headroom(self) -> tuple[tuple[str, int, int], ...]:
        """Return (bucket, remaining, limit) of every bucket that is known."""
        return tuple(
            (name, entry.remaining, entry.limit)
            for name, entry in sorted(self._buckets.items())
            if entry.limit is not None
        )

    async def wait(self, bucket: str, seconds: float, why: str) -> None:
        """Sleep, having said so."""
        if self._on_wait is not None:
            self._on_wait(Wait(tenant=self._tenant, bucket=bucket, seconds=seconds, why=why))
        await self._sleep(seconds)
