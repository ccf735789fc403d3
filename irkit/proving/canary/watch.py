"""Trying the planted seats while a run goes on: how long each lives after the first change."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import anyio

from irkit.actions.base import SeatState
from irkit.engine.history import Inflated
from irkit.model.run import Run
from irkit.proving.canary.grounds import Ground
from irkit.proving.canary.planted import Planted


@dataclass
class Watch:
    """Tries the seats while a run goes on, and hears when its first change is about to be made."""

    ground: Ground
    planted: tuple[Planted, ...]
    every: float
    first_cut: datetime | None = None
    dead_at: dict[str, datetime] = field(default_factory=dict)

    def recorded(self, run: Run, entry: Inflated) -> None:  # noqa: ARG002
        """Note the first intent."""
        if entry.type == "step.intent" and self.first_cut is None:
            self.first_cut = self.ground.writing.session.clock()

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Nothing."""

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Nothing."""

    async def watch(self) -> None:
        """Try every seat that still lives, again and again."""
        while len(self.dead_at) < len(self.planted):
            await self.look()
            await anyio.sleep(self.every)

    async def look(self) -> None:
        """Try every seat that still lives once."""
        for seat in self.planted:
            if seat.id in self.dead_at:
                continue
            if await self.ground.state(seat) is SeatState.DEAD:
                self.dead_at[seat.id] = self.ground.writing.session.clock()

    def lived(self, seat: Planted) -> timedelta | None:
        """Return how long a seat lived after the first cut; None if it still does."""
        if seat.id not in self.dead_at or self.first_cut is None:
            return None
        return max(self.dead_at[seat.id] - self.first_cut, timedelta())
