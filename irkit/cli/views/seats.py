"""The line that matters most: what the intruder still has, judged from the intruder's side."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style
from irkit.cli.views.times import age
from irkit.clock import parse_rfc3339, rfc3339
from irkit.report.mark import Mark
from irkit.report.reading import objects_of, raw_of, text_of
from irkit.report.seats import SeatRow, worst_first
from irkit.report.times import minute

TITLE: Final = "INTRUDER STILL HAS:"
NOTHING: Final = "nothing that is known · "


def to_json(rows: Iterable[SeatRow], *, checked_at: datetime) -> JsonObject:
    """Return the JSON form, what is alive first."""
    return {
        "view": "seats",
        "checked_at": rfc3339(checked_at),
        "seats": [row.to_json() for row in worst_first(rows)],
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return one line, or nothing where no seat is known."""
    seats = objects_of(value, "seats")
    if not seats:
        return ""
    checked = age(parse_rfc3339(raw_of(value, "checked_at")), style)
    told = " · ".join(_seat(seat, style) for seat in seats)
    dead = all(raw_of(seat, "state") == "dead" for seat in seats)
    start = f"{style.strong(TITLE)}  {NOTHING if dead else ''}"
    return style.page(f"{start}{told}   {style.faint(f'checked {checked}')}")


def _seat(seat: JsonObject, style: Style) -> str:
    label = text_of(seat, "label")
    match raw_of(seat, "state"):
        case "alive":
            expires = raw_of(seat, "expires")
            end = f" (expires {minute(parse_rfc3339(expires))})" if expires else ""
            return f"{label} {style.marked(Mark.BAD, 'ALIVE')}{end}"
        case "dead":
            return f"{label} {style.marked(Mark.GOOD, 'dead')}"
        case _:
            return f"{label} {style.marked(Mark.UNKNOWN, 'UNKNOWN')}"
