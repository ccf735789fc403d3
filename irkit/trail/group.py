"""Group commit: callers that arrive while a commit is under way share the next one.

One caller leads: it takes what is queued and commits it; the others wait. Order is the order of
arrival, and an enqueued draft comes before anything appended later.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeAlias

from irkit.trail.draft import Prepared
from irkit.trail.record import Record

Commit: TypeAlias = "Callable[[Sequence[Prepared]], tuple[Record, ...]]"


class Ticket:
    """Drafts of one caller and what became of them."""

    __slots__ = ("done", "drafts", "error", "records")

    def __init__(self, drafts: Sequence[Prepared]) -> None:
        """Wait for `drafts`; a ticket without drafts waits for everything before it."""
        self.drafts = deque(drafts)
        self.records: list[Record] = []
        self.error: BaseException | None = None
        self.done = False


class Group:
    """The queue and its leader."""

    __slots__ = ("_changed", "_commit", "_leading", "_limit", "_queue")

    def __init__(self, commit: Commit, limit: int) -> None:
        """Commit with `commit`, at most `limit` bytes of bodies at a time."""
        self._commit = commit
        self._limit = limit
        self._queue: deque[Ticket] = deque()
        self._changed = threading.Condition()
        self._leading = False

    def add(self, drafts: Sequence[Prepared]) -> Ticket:
        """Queue `drafts` without waiting."""
        ticket = Ticket(drafts)
        with self._changed:
            self._queue.append(ticket)
        return ticket

    def wait(self, ticket: Ticket) -> tuple[Record, ...]:
        """Return the records of `ticket` when they are durable, leading commits as needed."""
        while True:
            with self._changed:
                while self._leading and not ticket.done:
                    self._changed.wait()
                if ticket.done:
                    break
                self._leading = True
                batch = self._take()
            self._lead(batch)
        if ticket.error is not None:
            raise ticket.error
        return tuple(ticket.records)

    def _take(self) -> list[tuple[Ticket, Prepared]]:
        """Take drafts from the front of the queue; tickets stay until they are served."""
        batch: list[tuple[Ticket, Prepared]] = []
        size = 0
        for ticket in self._queue:
            for prepared in ticket.drafts:
                size += len(prepared.body)
                if batch and size > self._limit:
                    return batch
                batch.append((ticket, prepared))
        return batch

    def _lead(self, batch: list[tuple[Ticket, Prepared]]) -> None:
        records: tuple[Record, ...] = ()
        error: BaseException | None = None
        try:
            if batch:
                records = self._commit([prepared for _, prepared in batch])
        except BaseException as caught:  # noqa: BLE001  # every waiting caller must learn of it
            error = caught
        with self._changed:
            self._leading = False
            if error is None:
                self._serve(batch, records)
            else:
                self._fail(error)
            self._changed.notify_all()

    def _serve(self, batch: list[tuple[Ticket, Prepared]], records: tuple[Record, ...]) -> None:
        for (ticket, _), record in zip(batch, records, strict=True):
            ticket.drafts.popleft()
            ticket.records.append(record)
        while self._queue and not self._queue[0].drafts:
            self._queue.popleft().done = True

    def _fail(self, error: BaseException) -> None:
        for ticket in self._queue:
            ticket.error, ticket.done = error, True
        self._queue.clear()
