"""Connections over which a process dies as soon as a write of its was answered."""

from collections.abc import Callable

from irkit.actions.base import Writers
from irkit.engine.connections import OpenConnections
from irkit.providers.call import Purpose, Reply

Die = Callable[[], None]


class Killed(BaseException):
    """The end of a process, as far as the code in it can tell: nothing catches it."""


class DeadlyWriter:
    """Sends a write, and may die when its answer is there and nothing of it is recorded."""

    def __init__(self, writer: object, die: Die) -> None:
        """Stand before `writer`."""
        self._writer = writer
        self._die = die

    def __getattr__(self, name: str) -> object:
        return getattr(self._writer, name)

    async def send(self, *args: object, **named: object) -> Reply:
        """Send, and die if it is time to."""
        reply: Reply = await self._writer.send(*args, **named)  # type: ignore[attr-defined]
        self._die()
        return reply


class DeadlyConnections:
    """Connections whose writers are deadly."""

    def __init__(self, real: OpenConnections, die: Die) -> None:
        """Stand before `real`."""
        self._real = real
        self._die = die

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def writers(self, connection: str | None, needs: tuple[str, ...], purpose: Purpose) -> Writers:
        """Return deadly writing handles."""
        real = self._real.writers(connection, needs, purpose)
        okta, aws = (
            None if writer is None else DeadlyWriter(writer, self._die)
            for writer in (real.okta_writer, real.aws_writer)
        )
        return Writers(okta_writer=okta, aws_writer=aws)  # type: ignore[arg-type]
