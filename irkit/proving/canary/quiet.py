"""Quiet hours: spans of the week in which no canary is let out."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOMENT: Final = rf"({'|'.join(_DAYS)}) ([01]\d|2[0-3]):([0-5]\d)"
_SPAN: Final = re.compile(rf"{_MOMENT}/{_MOMENT} (\S+)")
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From one moment of the week to another, in a zone; it may go over the end of the week."""

    begin: timedelta
    end: timedelta
    zone: ZoneInfo
    text: str

    @classmethod
    def parse(cls, text: str) -> "QuietHours":
        """Read `Fri 15:00/Mon 07:00 Europe/Berlin`.

        Raises:
            ValueError: if `text` is anything else, or names no zone that is known here.
        """
        found = _SPAN.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no span: write Fri 15:00/Mon 07:00 Europe/Berlin")
        try:
            zone = ZoneInfo(found[7])
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone is called {found[7]!r} here") from error
        return cls(
            begin=_since_monday(found[1], found[2], found[3]),
            end=_since_monday(found[4], found[5], found[6]),
            zone=zone,
            text=text,
        )

    def covers(self, moment: datetime) -> bool:
        """Say whether `moment` is in it; the end is not."""
        local = moment.astimezone(self.zone)
        now = timedelta(days=local.weekday(), hours=local.hour, minutes=local.minute)
        return (now - self.begin) % _WEEK < (self.end - self.begin) % _WEEK


def _since_monday(day: str, hour: str, minute: str) -> timedelta:
    return timedelta(days=_DAYS.index(day), hours=int(hour), minutes=int(minute))
