"""The judge: every credential is tried from its holder's side, and what changed is recorded."""

from dataclasses import dataclass, field

from irkit.canonical import Json
from irkit.drill.exercise.breakages import Breakages
from irkit.drill.record.kinds import Kind
from irkit.drill.record.log import DrillLog
from irkit.world.probing import SeatState
from irkit.world.seats import Seat, Seats


@dataclass(slots=True)
class Watch:
    """Watches the intruder's seats and the innocent ones. Unknown is not dead."""

    seats: Seats
    bystanders: Seats
    log: DrillLog
    breakages: Breakages
    states: dict[str, SeatState] = field(default_factory=dict)
    by: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def taken(self, seat: Seat, tactic: str, again: bool) -> None:
        """Note a new credential of the intruder's."""
        self.by[seat.id] = (tactic, again)
        self.seats.add(seat)

    def look(self) -> None:
        """Try every credential, and record what is not as it was."""
        with self.breakages.lifted():
            for seats, kind in ((self.seats, Kind.SEAT), (self.bystanders, Kind.BYSTANDER)):
                for seat in seats:
                    self._try(seat, kind)

    def _try(self, seat: Seat, kind: Kind) -> None:
        state = seat.probe()
        if state is SeatState.UNKNOWN:  # a busy machine is no answer: ask once more
            state = seat.probe()
        if self.states.get(seat.id) is state:
            return
        known = seat.id in self.states
        self.states[seat.id] = state
        by, again = self.by.get(seat.id, ("", False))
        about: dict[str, Json] = {}
        if not known:
            about = {"kind": str(seat.kind), "label": seat.label, "by": by, "again": again}
        self.log.write(kind, seat=seat.id, state=str(state), also=about)

    @property
    def alive(self) -> tuple[str, ...]:
        """Return the intruder's seats that were not dead at the last look."""
        return tuple(
            seat.id for seat in self.seats if self.states.get(seat.id) is not SeatState.DEAD
        )
