"""How often codes may be tried: so seldom that nobody finds one before the exercise is over.

Eight letters of 32 are 40 bits. At the most tries a minute that all callers together get here, one
of ten codes is found within a day with a chance of one in two and a half million.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

PER_CALLER: Final = 6
IN_ALL: Final = 30
WINDOW: Final = 60.0
"""Seconds."""


@dataclass(slots=True)
class Guesses:
    """The tries of the last minute. `now` are seconds that never go back."""

    now: Callable[[], float]
    _tries: deque[tuple[float, str]] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, caller: str) -> bool:
        """Count a try before it is looked at; say whether the caller has one left."""
        with self._lock:
            now = self.now()
            while self._tries and self._tries[0][0] <= now - WINDOW:
                self._tries.popleft()
            mine = sum(who == caller for _, who in self._tries)
            if mine >= PER_CALLER or len(self._tries) >= IN_ALL:
                return False
            self._tries.append((now, caller))
            return True

    def right(self, caller: str) -> None:
        """Take a caller's last try back: the code was right. The wrong ones before it stay.

        Whoever has a code of their own could else try another role's for ever.
        """
        with self._lock:
            last = next((try_ for try_ in reversed(self._tries) if try_[1] == caller), None)
            if last is not None:
                self._tries.remove(last)
