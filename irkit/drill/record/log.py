"""Writing a drill's records: one place that knows which drill it is and what time it has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from irkit.canonical import Json
from irkit.drill.record.kinds import Kind
from irkit.trail.protocol import Journal
from irkit.trail.record import Actor, Draft

FACILITATOR = Actor(id="irkit-drill", kind="system", auth="trail-key")
"""Who writes what the exercise itself does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillLog:
    """The way into the trail for one drill. `seconds` is the exercise's time."""

    drill: str
    journal: Journal
    seconds: Callable[[], int]

    def write(
        self,
        type_: Kind,
        /,
        *,
        actor: Actor = FACILITATOR,
        also: Mapping[str, Json] | None = None,
        **body: Json,
    ) -> None:
        """Record one thing, now; `also` is more of its body."""
        content: dict[str, Json] = {"drill": self.drill, "t": self.seconds(), **body}
        content |= also or {}
        content.setdefault("who", actor.id)
        self.journal.append(Draft(type=str(type_), actor=actor, body=content))
