"""What `irkit trail show` leaves out while a drill is on: the intruder's side, unless asked for it.

It spares participants a look at the truth by accident. It is no lock: the trail is a file, and who
has it can read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from irkit.cli.opened import Invocation
from irkit.drill.record.kinds import SECRET, Kind
from irkit.trail.journal import Journal
from irkit.trail.record import Record
from irkit.workspace.config import Mode


@dataclass(slots=True)
class Spared:
    """Leaves out, and counts, what the facilitator alone is told of the drills that are `on`."""

    on: frozenset[str]
    count: int = 0

    @classmethod
    def of(cls, me: Invocation, journal: Journal, *, truth: bool) -> "Spared":
        """Return what is spared whoever reads this trail; nothing where the truth is asked for."""
        if truth or me.workspace.mode is not Mode.DRILL:
            return cls(frozenset())
        return cls(frozenset(_on(journal)))

    def rest(self, records: Iterator[Record]) -> Iterator[Record]:
        """Yield the others."""
        for record in records:
            if record.type in SECRET and record.body.get("drill") in self.on:
                self.count += 1
            else:
                yield record

    def say(self, me: Invocation) -> None:
        """Say how many were left out."""
        if self.count:
            me.output.hint(
                f"{self.count} records of the intruder's side are left out while the drill is on; "
                "for the facilitator: --truth"
            )


def _on(journal: Journal) -> Iterator[str]:
    """Yield the drills that have begun and not ended."""
    on = {}
    for record in journal.replay():
        if record.type == Kind.OPENED:
            on[str(record.body.get("drill"))] = True
        elif record.type == Kind.ENDED:
            on.pop(str(record.body.get("drill")), None)
    yield from on
