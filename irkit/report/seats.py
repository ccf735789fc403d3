"""Seats as people read them: a label, a state, an expiry. Unknown is not dead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from irkit.canonical import JsonObject
from irkit.clock import rfc3339
from irkit.model.run import Run

DEAD: Final = "dead"
_ORDER: Final = {"alive": 0, "unknown": 1, DEAD: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """One seat. `label` is short (`aws session`, `key AKIA…7Q`); `state` as the probe said it."""

    id: str
    label: str
    state: str
    expires: datetime | None = None

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "id": self.id,
            "label": self.label,
            "state": self.state,
            "expires": rfc3339(self.expires) if self.expires else "",
        }


def worst_first(rows: Iterable[SeatRow]) -> tuple[SeatRow, ...]:
    """Return the rows with what is alive first and what is dead last."""
    return tuple(sorted(rows, key=lambda row: _ORDER.get(row.state, 1)))


def checked(run: Run, rows: Iterable[SeatRow], at: datetime | None = None) -> str:
    """Return when `rows` were tried (RFC 3339): `at`, the last look, or the last record."""
    moment = at or (run.looks[-1].at if run.looks else run.last_at)
    return rfc3339(moment) if moment and tuple(rows) else ""


def last_seen(run: Run, labels: Mapping[str, str] | None = None) -> tuple[SeatRow, ...]:
    """Return the seats as the run's last look found them."""
    if not run.looks:
        return ()
    names = labels or {}
    return worst_first(
        SeatRow(id=seat, label=names.get(seat, seat), state=state)
        for seat, state in run.looks[-1].seats.items()
    )
