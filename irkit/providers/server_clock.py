"""The provider's clock: this machine's, corrected by the last `Date` header seen.

Cut-offs are compared by the provider with its own time, so that they are written in it. `Date` has
whole seconds with the rest cut off, so that the time is rounded up: a cut-off must never fall
before a session that was issued just now.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from irkit.clock import Clock

_SECOND: Final = timedelta(seconds=1)
_TOLERANCE: Final = timedelta(seconds=2)


def parse_date(header: str) -> datetime | None:
    """Read an HTTP `Date` header; None if it is no date."""
    try:
        moment = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class ServerClock:
    """Follows the clock of one provider."""

    def __init__(self, clock: Clock) -> None:
        """Start with no correction to `clock`."""
        self._clock = clock
        self._skew: timedelta | None = None

    @property
    def skew(self) -> timedelta:
        """How far the provider is ahead of this machine, at most."""
        return self._skew or timedelta()

    def saw(self, date: datetime | None) -> None:
        """Take in the `Date` of an answer that has just arrived.

        The greatest correction counts, until an answer contradicts it: a lesser one only means that
        the answer was cut off later in its second.
        """
        if date is None:
            return
        most = date + _SECOND - self._clock()
        if self._skew is None or not most <= self._skew <= most + _TOLERANCE:
            self._skew = most

    def now(self) -> datetime:
        """Return the provider's present time, up to two seconds late and never early."""
        moment = self._clock() + self.skew
        whole = moment.replace(microsecond=0)
        return whole if whole == moment else whole + _SECOND
