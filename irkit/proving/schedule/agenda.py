"""What is due, by the policies of all test files and the proofs there are. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from irkit.canonical import JsonObject
from irkit.clock import rfc3339
from irkit.proving.ledger.reading import Row
from irkit.proving.ledger.standing import State
from irkit.proving.proof import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One level of one playbook that a policy wants proven at `due`; `why` in words."""

    playbook: str
    level: Level
    due: datetime
    why: str
    missed: int = 0

    def is_due(self, now: datetime) -> bool:
        """Say whether its time has come."""
        return self.due <= now

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "playbook": self.playbook,
            "level": self.level.word,
            "due": rfc3339(self.due),
            "why": self.why,
            "missed": self.missed,
        }


def agenda(rows: Iterable[Row]) -> tuple[Item, ...]:
    """Return everything that policies want, the soonest first; cheap levels before dear ones."""
    found = [
        Item(
            playbook=row.playbook,
            level=level,
            due=standing.due,
            why=_why(standing.state, standing.changed),
            missed=standing.missed,
        )
        for row in rows
        for level, standing in row.standings.items()
        if standing.due is not None
    ]
    return tuple(sorted(found, key=lambda item: (item.due, item.level, item.playbook)))


def _why(state: State, changed: tuple[str, ...]) -> str:
    match state:
        case State.NEVER | State.UNASKED:
            return "never proven"
        case State.STALE:
            return f"changed since: {', '.join(changed)}"
        case State.FAILED:
            return "failed the last time"
        case State.OVERDUE:
            return "overdue"
        case State.AWAITING:
            return "the SOC has still to say that it saw the last"
        case State.PROVEN:
            return "its time"
