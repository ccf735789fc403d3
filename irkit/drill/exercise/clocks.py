"""The time of an exercise: virtual, which is moved, or real, which runs at a speed and pauses.

Both say what the world's clock shows and how many seconds of exercise have passed. Paused time
does not exist for the world either: credentials do not run out while people have coffee.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from irkit.clock import Clock, system_clock


class DrillClock(Protocol):
    """What an exercise needs of its clock."""

    def __call__(self) -> datetime:
        """Return the world's present moment."""

    @property
    def seconds(self) -> int:
        """Return how many whole seconds of exercise have passed."""


@dataclass(slots=True)
class VirtualClock:
    """A clock that stands still until it is moved."""

    start: datetime
    passed: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Return the world's present moment."""
        return self.start + self.passed

    @property
    def seconds(self) -> int:
        """Return how many whole seconds of exercise have passed."""
        return int(self.passed.total_seconds())

    def move_to(self, passed: timedelta) -> None:
        """Let time pass; it never goes back."""
        self.passed = max(self.passed, passed)


@dataclass(slots=True)
class PacedClock:
    """A clock that follows a real one, `speed` times as fast, and can be paused."""

    speed: int = 1
    base: Clock = system_clock
    _origin: datetime | None = None
    _since: datetime | None = None
    _passed: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Return the world's present moment."""
        if self._origin is None:
            return self.base()
        return self._origin + self._elapsed

    @property
    def seconds(self) -> int:
        """Return how many whole seconds of exercise have passed."""
        return int(self._elapsed.total_seconds())

    @property
    def running(self) -> bool:
        """Say whether time passes."""
        return self._since is not None

    def run(self) -> None:
        """Let time pass from now on."""
        now = self.base()
        self._origin = self._origin or now
        self._since = self._since or now

    def pause(self) -> None:
        """Let no time pass from now on."""
        self._passed = self._elapsed
        self._since = None

    @property
    def _elapsed(self) -> timedelta:
        if self._since is None:
            return self._passed
        return self._passed + (self.base() - self._since) * self.speed
