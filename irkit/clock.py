"""Time as irkit writes and reads it: aware UTC datetimes, RFC 3339 text, plain durations.

Time is passed in everywhere: what needs a clock takes a `Clock`, so that the pure parts know none.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns the present moment as an aware datetime in UTC."""

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION: Final = re.compile(r"(\d+)\s*(s|m|h|d|w)")
_WORDS: Final = {
    "second": "s",
    "minute": "m",
    "hour": "h",
    "day": "d",
    "week": "w",
}
_RELATIVE: Final = re.compile(r"(\d+) (second|minute|hour|day|week)s? ago")


def system_clock() -> datetime:
    """Return the machine's present time in UTC."""
    return datetime.now(UTC)


def boot_seconds() -> float:
    """Return seconds since boot, running on through suspend where the system offers it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def rfc3339(moment: datetime) -> str:
    """Return `moment` as RFC 3339 UTC text with milliseconds: `2026-11-24T03:05:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=64)
def parse_rfc3339(text: str) -> datetime:
    """Read an RFC 3339 time; an offset is required. Records of one commit share theirs.

    Raises:
        ValueError: if `text` is no such time, or names no offset.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset: write {text}Z for UTC")
    return moment.astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """Read a duration such as `90s`, `30m`, `4h`, `1h30m` or `2d`.

    Raises:
        ValueError: if `text` is anything else.
    """
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip():
        raise ValueError(f"{text!r} is no duration: write 90s, 30m, 4h or 1h30m")
    return timedelta(seconds=sum(int(count) * _UNITS[unit] for count, unit in parts))


def parse_time(text: str, now: datetime) -> datetime:
    """Read an absolute RFC 3339 time or a relative one such as `24 hours ago`.

    Raises:
        ValueError: if `text` is neither; a time without offset is refused with both readings.
    """
    relative = _RELATIVE.fullmatch(text.strip())
    if relative:
        return now - parse_duration(relative[1] + _WORDS[relative[2]])
    return parse_rfc3339(text)


def words(duration: timedelta) -> str:
    """Return `duration` in short words: `45s`, `12m`, `1h 30m`, `3d`."""
    seconds = int(duration.total_seconds())
    if seconds < _UNITS["m"]:
        return f"{seconds}s"
    parts = []
    for unit in ("d", "h", "m"):
        count, seconds = divmod(seconds, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2])
