"""What the engine needs of a trail, whatever keeps it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from irkit.trail.record import Draft, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How many records there are and the root over them."""

    size: int
    root: bytes


class Journal(Protocol):
    """An append-only, signed sequence of records. All methods may be called from any thread."""

    def append(self, *drafts: Draft) -> tuple[Record, ...]:
        """Record `drafts` in order; return when they are durable and signed."""
        ...

    def enqueue(self, draft: Draft) -> None:
        """Let `draft` ride on the next commit; it comes before anything appended later."""
        ...

    def flush(self) -> None:
        """Return when everything enqueued so far is durable and signed."""
        ...

    def replay(self, run: str | None = None) -> Iterator[Record]:
        """Give the records known to this process, all or those of one run, in order."""
        ...

    def follow(self, after_n: int) -> Iterator[Record]:
        """Take in other writers' records and give those after index `after_n`."""
        ...

    def head(self) -> Head:
        """Return the size and root this process knows."""
        ...
