"""The drill as the trail has it, kept up to date for everybody who looks at a page."""

import threading
from dataclasses import dataclass, field

from irkit.drill.exercise.start import known
from irkit.drill.exercise.steering import Steering, scenario_of
from irkit.drill.pages.doors import Holder
from irkit.drill.pages.plans import Waiting, waiting
from irkit.drill.record.deeds import Done, deeds
from irkit.drill.record.fold import take
from irkit.drill.record.state import Drill
from irkit.drill.scenario.model import Scenario
from irkit.engine.history import inflate
from irkit.engine.runs import all_runs
from irkit.engine.session import Session
from irkit.trail.journal import Journal
from irkit.trail.record import Actor


@dataclass(slots=True, kw_only=True)
class Board:
    """One drill and its trail. The session's clock is the trail's: it tells exercise time."""

    journal: Journal
    name: str
    session: Session
    scenario: Scenario = field(init=False)
    _drill: Drill = field(init=False)
    _read_to: int = field(init=False)
    _deeds: tuple[int, tuple[Done, ...]] = (-1, ())
    _plans: tuple[int, tuple[Waiting, ...]] = (-1, ())
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Read the drill once; from then on what is new is added."""
        self._read_to = self.journal.head().size - 1
        self._drill = known(self.journal)[self.name]
        self.scenario = scenario_of(self._drill)

    def drill(self) -> Drill:
        """Return the drill as it stands."""
        with self._lock:
            return self._look()

    def now(self, drill: Drill) -> int:
        """Return the exercise time."""
        return drill.end.t if drill.end else drill.t_of(self.session.clock())

    def deeds(self) -> tuple[Done, ...]:
        """Return what the runs of this drill did; read anew when something was recorded."""
        with self._lock:
            drill = self._look()
            if self._deeds[0] != self._read_to:
                self._deeds = (self._read_to, deeds(drill, all_runs(self.journal)))
            return self._deeds[1]

    def plans(self) -> tuple[Waiting, ...]:
        """Return what waits for a signature; read anew when something was recorded."""
        with self._lock:
            drill = self._look()
            if self._plans[0] != self._read_to:
                found = tuple(waiting(drill, self.session, self.journal))
                self._plans = (self._read_to, found)
            return self._plans[1]

    def steering(self, holder: Holder) -> Steering:
        """Return the way to say something to the drill, in the name and role of a page's holder."""
        actor = Actor(id=holder.name, kind="person", auth="role-code")
        return Steering(self.journal, actor, self.session.clock, holder.role)

    def _look(self) -> Drill:
        for record in tuple(self.journal.follow(self._read_to)):
            self._read_to = record.n
            if record.body.get("drill") == self.name:
                self._drill = take(self._drill, inflate(record, self.journal.blobs))
        return self._drill
