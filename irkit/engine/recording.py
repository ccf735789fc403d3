"""Recording: what is to be recorded at one moment shares one commit.

Each caller waits for its own record. The first to come leads a commit; whatever comes while it is
under way waits for the next. The order is the order of arrival, and a commit once begun is finished
even if its caller is cancelled: an intent is never left half said.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import anyio
import anyio.to_thread

from irkit.diagnostics import IrkitError
from irkit.trail.record import Draft, Record

_REFUSED_DRAFT: Final = "IRK702"


@dataclass(slots=True, eq=False)
class _Waiting:
    draft: Draft
    turn: anyio.Event = field(default_factory=anyio.Event)
    record: Record | None = None
    error: Exception | None = None

    @property
    def served(self) -> bool:
        return self.record is not None or self.error is not None


class Recorder:
    """Puts drafts into a journal, many at a time, from one event loop."""

    def __init__(
        self, append: Callable[..., tuple[Record, ...]], committed: Callable[[], None]
    ) -> None:
        """Record with `append`, in a thread; call `committed` before anybody hears of it."""
        self.committing = False
        self._append = append
        self._committed = committed
        self._queue: list[_Waiting] = []

    async def record(self, draft: Draft) -> Record:
        """Return the record of `draft` when it is durable.

        Raises:
            IrkitError: if it could not be recorded.
        """
        waiting = _Waiting(draft)
        self._queue.append(waiting)
        while not waiting.served:
            if self.committing:
                await self._wait(waiting)
            else:
                await self._lead()
        if waiting.error is not None:
            raise waiting.error
        assert waiting.record is not None, "it was served"
        return waiting.record

    async def _wait(self, waiting: _Waiting) -> None:
        """Wait until served, or until it is this caller's turn to lead."""
        try:
            await waiting.turn.wait()
        except BaseException:
            if waiting in self._queue:
                self._queue.remove(waiting)
            if not self.committing:
                self._hand_over()
            raise
        if not waiting.served:
            waiting.turn = anyio.Event()

    async def _lead(self) -> None:
        batch, self._queue = self._queue, []
        self.committing = True
        try:
            with anyio.CancelScope(shield=True):
                await self._commit(batch)
        finally:
            self.committing = False
            self._hand_over()
        self._committed()
        for waiting in batch:
            waiting.turn.set()

    def _hand_over(self) -> None:
        if self._queue:
            self._queue[0].turn.set()

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        """Commit all of `batch` at once; where a draft is refused, each by itself."""
        try:
            records = await anyio.to_thread.run_sync(
                self._append, *(waiting.draft for waiting in batch)
            )
        except IrkitError as error:
            if len(batch) > 1 and error.diagnostics[0].code == _REFUSED_DRAFT:
                for waiting in batch:
                    await self._commit((waiting,))
                return
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001  # every caller must hear of it
            _fail(batch, error)
        else:
            for waiting, record in zip(batch, records, strict=True):
                waiting.record = record


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for waiting in batch:
        waiting.error = error
