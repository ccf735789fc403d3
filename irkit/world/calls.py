"""What reached the simulated providers: one `Call` per request, in one ordered log.

Both simulators append to one `CallLog`, so that tests and drills can ask the side that knows: how
many writes there were, who made them, and which request was the intruder's last one that worked.
A call is logged when the server has decided its answer; what the wire then does to that answer is
in `fault`.
"""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as the server saw it.

    Attributes:
        index: Position in the log, from 0, over both providers.
        at: The world's time in epoch seconds.
        provider: `okta` or `aws`.
        principal: Who called, as the provider names them; empty where nobody was recognised.
        operation: The route (`POST /api/v1/users/{id}/lifecycle/suspend`) or `iam:PutRolePolicy`.
        target: The concrete path, or account, region and resource.
        status: The HTTP status the server answered with; 0 where it neither acted nor answered.
        write: Whether the operation changes something when it succeeds.
        user_agent: As sent.
        request_id: As returned.
        fault: The kind of the fault that was applied, if any.
    """

    index: int
    at: float
    provider: str
    principal: str
    operation: str
    target: str
    status: int
    write: bool
    user_agent: str
    request_id: str
    fault: str | None = None


class CallLog:
    """An append-only list of calls that many server threads share."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._next = 0

    def append(
        self,
        *,
        at: float,
        provider: str,
        principal: str,
        operation: str,
        target: str,
        status: int,
        write: bool,
        user_agent: str = "",
        request_id: str = "",
        fault: str | None = None,
    ) -> Call:
        """Log one call and return it with its index."""
        with self._lock:
            call = Call(
                index=self._next,
                at=at,
                provider=provider,
                principal=principal,
                operation=operation,
                target=target,
                status=status,
                write=write,
                user_agent=user_agent,
                request_id=request_id,
                fault=fault,
            )
            self._calls.append(call)
            self._next += 1
            return call

    def all(self) -> tuple[Call, ...]:
        """Return every call since the last `clear`."""
        with self._lock:
            return tuple(self._calls)

    def since(self, index: int) -> tuple[Call, ...]:
        """Return the calls whose index is `index` or greater."""
        return tuple(call for call in self.all() if call.index >= index)

    def writes(self) -> tuple[Call, ...]:
        """Return the calls that were meant to change something, refused ones included."""
        return tuple(call for call in self.all() if call.write)

    def clear(self) -> None:
        """Forget the calls; indexes go on counting."""
        with self._lock:
            self._calls.clear()
