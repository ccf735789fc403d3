"""What reads answered a while ago, for faults of the kind `STALE_READ`.

A middleware remembers the answers to its reads; when a stale read is due, it serves the answer as
of some seconds ago. The effect is that of a lagging replica: a write has been made, and for a
while a read does not show it.
"""

import threading
from collections import OrderedDict, deque
from typing import Final, Generic, TypeVar

_KEYS: Final = 512
_VERSIONS: Final = 8
_Answer = TypeVar("_Answer")


class ReadHistory(Generic[_Answer]):
    """The latest answers by read (its path and query, or its whole request). Thread-safe."""

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, deque[tuple[float, _Answer]]] = OrderedDict()

    def remember(self, read: str, at: float, answer: _Answer) -> None:
        """Keep `answer`, which `read` got at epoch second `at`."""
        with self._lock:
            versions = self._answers.setdefault(read, deque(maxlen=_VERSIONS))
            versions.append((at, answer))
            self._answers.move_to_end(read)
            if len(self._answers) > _KEYS:
                self._answers.popitem(last=False)

    def as_of(self, read: str, at: float) -> _Answer | None:
        """Return the newest answer given by `at`, else the oldest one; None if there is none."""
        with self._lock:
            versions = self._answers.get(read)
            if not versions:
                return None
            old = [answer for moment, answer in versions if moment <= at]
            return old[-1] if old else versions[0][1]
