"""What is to happen when: an agenda of things to do at exercise times, in one order."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

Deed = Callable[[], None]


@dataclass(slots=True)
class Agenda:
    """Things to do by time; those of one second in the order in which they were put in."""

    _heap: list[tuple[int, int, Deed]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def put(self, t: int, deed: Deed) -> None:
        """Do `deed` at the exercise's second `t`."""
        heapq.heappush(self._heap, (t, next(self._order), deed))

    def due(self) -> int | None:
        """Return when the next thing is to be done, None where there is nothing."""
        return self._heap[0][0] if self._heap else None

    def take(self) -> Deed:
        """Take the next thing."""
        return heapq.heappop(self._heap)[2]

    def clear(self) -> None:
        """Do nothing more."""
        self._heap.clear()
