"""Repeating reads, and only reads: bounded in number and by the deadline of who asks.

A read has no effect, so that every outcome but a definite refusal may be asked again. Writes never
come here: whether a write is sent again is the engine's decision.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import anyio

from irkit.providers.call import CallError, Outcome
from irkit.providers.limits import RateLimits

T = TypeVar("T")

_LONGEST_PAUSE: Final = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a read is tried and how long the first pause is; each further pause doubles."""

    attempts: int = 4
    first_pause: float = 0.25


async def repeat_read(
    read: Callable[[], Awaitable[T]],
    *,
    limits: RateLimits,
    bucket: str,
    patience: Patience,
    jitter: Callable[[], float] = random.random,
) -> T:
    """Return the first good answer of `read`.

    Raises:
        CallError: the last one, when the attempts are used up, the refusal is definite, or the
            pause would outlast the caller's deadline.
    """
    for attempt in range(1, patience.attempts + 1):
        try:
            return await read()
        except CallError as error:
            pause = _pause(error, attempt, patience, jitter)
            if error.outcome is Outcome.REJECTED or attempt == patience.attempts:
                raise
            if anyio.current_time() + pause > anyio.current_effective_deadline():
                raise
            await limits.wait(bucket, pause, str(error.outcome))
    raise AssertionError("unreachable: the last attempt returns or raises")


def _pause(
    error: CallError, attempt: int, patience: Patience, jitter: Callable[[], float]
) -> float:
    if error.retry_after is not None:
        return error.retry_after
    backoff: float = min(_LONGEST_PAUSE, patience.first_pause * 2 ** (attempt - 1))
    return backoff * (0.5 + jitter() / 2)
