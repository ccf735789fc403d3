"""Times on a screen: UTC first, the reader's own beside it, and how long ago."""

from datetime import UTC, datetime, timedelta

from irkit.cli.views.style import Style
from irkit.clock import parse_rfc3339, words
from irkit.report.times import stamp


def full(moment: datetime, style: Style) -> str:
    """Return UTC, local and age: `2026-11-24 03:05:07Z (04:05 CET, 12m ago)`."""
    return f"{stamp(moment)} ({local(moment, style)}, {age(moment, style)})"


def local(moment: datetime, style: Style) -> str:
    """Return the reader's own time: `04:05 CET`, with the day where it is another one."""
    own = moment.astimezone(style.tz)
    day = "" if own.date() == moment.astimezone(UTC).date() else own.strftime("%a ")
    return f"{day}{own.strftime('%H:%M')} {own.tzname() or own.strftime('%z')}"


def age(moment: datetime, style: Style) -> str:
    """Return how long ago `moment` is, or how far ahead."""
    passed = style.now - moment
    if passed < timedelta(0):
        return f"in {words(-passed)}"
    return f"{words(passed)} ago"


def since(text: str, style: Style) -> str:
    """Return how long ago the RFC 3339 time `text` is; empty for no time."""
    return age(parse_rfc3339(text), style) if text else ""
