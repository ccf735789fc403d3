"""When an IAM change counts: eventual consistency with a delay that is set, not random.

Reads of IAM show a change at once, as on AWS; authorisation goes by the state as it was `delay`
ago. With no delay there is nothing to remember.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from irkit.clock import Clock
from irkit.world.aws.iam_view import AccessState

CHANGES_ACCESS: Final = frozenset({"iam", "organizations"})
"""Services whose writes take a while to count."""


class Propagation:
    """Remembers the access state before each change until the change has spread."""

    def __init__(self, clock: Clock, delay: timedelta) -> None:
        """Start with nothing on its way. `delay` may be changed at any time."""
        self.delay = delay
        self._clock = clock
        self._before: list[tuple[datetime, AccessState]] = []

    def changing(self, state: AccessState) -> None:
        """Note that `state` is about to change."""
        if self.delay:
            self._before.append((self._clock(), state))

    def effective(self, read: Callable[[], AccessState]) -> AccessState:
        """Return the state that counts now; `read` gives the present one."""
        cutoff = self._clock() - self.delay
        self._before = [(moment, state) for moment, state in self._before if moment > cutoff]
        return self._before[0][1] if self._before else read()
