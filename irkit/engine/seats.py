"""Seats a drill supplies: ids, labels, and a probe that tries the credentials.

The credentials stay in the drill's own file, which only the probe opens. In a live workspace there
are none: a seat is then judged by policies and logs.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio.to_thread

from irkit.actions.base import SeatState
from irkit.canonical import JsonObject
from irkit.secret import Secret

TryOne = Callable[[JsonObject], str]
"""Uses one seat's credential and says `alive`, `dead` or `unknown`; supplied by a higher floor."""


@dataclass(slots=True)
class SuppliedSeats:
    """The seats of a drill (`SeatProbe`)."""

    entries: Mapping[str, JsonObject]
    try_one: TryOne
    _limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(4))

    @classmethod
    def read(cls, text: Secret, try_one: TryOne) -> "SuppliedSeats":
        """Read a seats file: a JSON object with a list `seats`, each with `id` and `label`."""
        seats = json.loads(text.reveal())["seats"]
        return cls(entries={seat["id"]: seat for seat in seats}, try_one=try_one)

    @property
    def labels(self) -> Mapping[str, str]:
        """Return what people call each seat, by id."""
        return {seat: str(entry["label"]) for seat, entry in self.entries.items()}

    async def probe(self, seat: str) -> SeatState | None:
        """Return the state of one seat, None if its credential is not held.

        An AWS seat may be named by its access key id alone, which is all that logs know of it.
        """
        entry = self.entries.get(seat) or self.entries.get(f"aws:{seat}")
        if entry is None:
            return None
        found = await anyio.to_thread.run_sync(self.try_one, entry, limiter=self._limiter)
        return SeatState(found)
