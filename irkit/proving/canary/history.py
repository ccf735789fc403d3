"""What the trail knows of canaries: one that never ended, its runs, and whether the SOC saw it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from irkit.canonical import JsonObject
from irkit.clock import parse_rfc3339, rfc3339
from irkit.trail.protocol import Journal
from irkit.trail.record import Actor, Draft, Record

BEGAN: Final = "canary.began"
RUN: Final = "canary.run"
ENDED: Final = "canary.ended"
SEEN: Final = "canary.seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """One canary as the trail has it. `seen_by` is by when the SOC had to see it, if it had to."""

    id: str
    playbook: str
    user: str
    at: datetime
    runs: tuple[str, ...] = ()
    ended: bool = False
    seen_by: datetime | None = None
    seen: datetime | None = None

    def missed(self, now: datetime) -> bool:
        """Say whether the SOC had to see it, and did not."""
        if self.seen_by is None:
            return False
        return (self.seen is None and now >= self.seen_by) or (
            self.seen is not None and self.seen > self.seen_by
        )


def flown(records: Iterable[Record]) -> tuple[Flown, ...]:
    """Return every canary, the oldest first."""
    found: dict[str, Flown] = {}
    for record in records:
        canary = str(record.body.get("canary", ""))
        if record.type == BEGAN:
            found[canary] = _began(record, canary)
        elif canary in found:
            found[canary] = _after(found[canary], record)
    return tuple(found.values())


def began(
    journal: Journal,
    actor: Actor,
    canary: str,
    *,
    playbook: str,
    user: str,
    soc: timedelta | None,
) -> None:
    """Record that a canary begins."""
    body: JsonObject = {
        "canary": canary,
        "playbook": playbook,
        "user": user,
        "soc_s": None if soc is None else int(soc.total_seconds()),
    }
    journal.append(Draft(type=BEGAN, actor=actor, body=body))


def say(journal: Journal, actor: Actor, kind: str, canary: str, **more: str | list[str]) -> None:
    """Record what became of a canary."""
    body: dict[str, str | list[str]] = {"canary": canary, **more}
    journal.append(Draft(type=kind, actor=actor, body=_json(body)))


def _json(body: Mapping[str, str | list[str]]) -> JsonObject:
    return {name: value if isinstance(value, str) else tuple(value) for name, value in body.items()}


def _began(record: Record, canary: str) -> Flown:
    at = parse_rfc3339(record.ts)
    soc = record.body.get("soc_s")
    return Flown(
        id=canary,
        playbook=str(record.body["playbook"]),
        user=str(record.body["user"]),
        at=at,
        seen_by=at + timedelta(seconds=soc) if isinstance(soc, int) else None,
    )


def _after(one: Flown, record: Record) -> Flown:
    match record.type:
        case "canary.run":
            return replace(one, runs=(*one.runs, str(record.body["run"])))
        case "canary.ended":
            return replace(one, ended=True)
        case "canary.seen":
            return replace(one, seen=one.seen or parse_rfc3339(record.ts))
        case _:
            return one


def when(one: Flown) -> str:
    """Return how people call a canary."""
    return f"{one.playbook} of {rfc3339(one.at)}"
