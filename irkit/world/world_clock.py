"""The world's clock: one for all simulators, and movable.

It follows a base clock, normally the machine's. Drills run it ahead; planting an intruder turns it
back for a moment, so that the intrusion is older than the response.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from irkit.clock import Clock, system_clock


class WorldClock:
    """A clock that can be called like any other, and moved."""

    def __init__(self, base: Clock = system_clock) -> None:
        """Follow `base`."""
        self._base = base
        self._offset = timedelta()

    def __call__(self) -> datetime:
        """Return the world's present moment."""
        return self._base() + self._offset

    def advance(self, by: timedelta) -> None:
        """Move the world's time on."""
        self._offset += by

    @contextmanager
    def earlier(self, by: timedelta) -> Iterator[None]:
        """Be `by` in the past inside the block."""
        self._offset -= by
        try:
            yield
        finally:
            self._offset += by
