"""Times and durations as reports and screens write them: UTC, and the same everywhere."""

from datetime import UTC, datetime, timedelta

from irkit.clock import words


def clock(moment: datetime) -> str:
    """Return the time of day in UTC: `03:05:07Z`."""
    return moment.astimezone(UTC).strftime("%H:%M:%SZ")


def minute(moment: datetime) -> str:
    """Return the time of day in UTC to the minute: `03:05Z`."""
    return moment.astimezone(UTC).strftime("%H:%MZ")


def stamp(moment: datetime) -> str:
    """Return day and time in UTC: `2026-11-24 03:05:07Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def passed(seconds: int) -> str:
    """Return a time that is counted from a beginning, in minutes and seconds: `22:04`."""
    return f"{seconds // 60}:{seconds % 60:02}"


def between(start: datetime, end: datetime) -> str:
    """Return a short duration: `1.2 s` below ten seconds, else in words."""
    return took((end - start) // timedelta(milliseconds=1))


def took(milliseconds: int) -> str:
    """Return a duration in milliseconds: `40 ms`, `1.2 s`, `45s`, `12m`."""
    if milliseconds < 1000:  # noqa: PLR2004  # a second
        return f"{milliseconds} ms"
    if milliseconds < 10_000:  # noqa: PLR2004  # where a tenth of a second stops mattering
        return f"{milliseconds / 1000:.1f} s"
    return words(timedelta(milliseconds=milliseconds))


def exact(duration: timedelta) -> str:
    """Return a duration to the second below an hour, to the minute above: `1m 27s`, `3h 5m`."""
    seconds = int(duration.total_seconds())
    if seconds < 60 or seconds >= 3600 or not seconds % 60:  # noqa: PLR2004  # a minute, an hour
        return words(duration)
    return f"{seconds // 60}m {seconds % 60}s"
