"""The provider calls of a plan, recorded, and made again by a straight script.

The script makes the same calls through the same clients, at once wherever the plan had them under
way at once, and does nothing else: no playbook, no guards, no plan. What it takes is the floor.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import anyio

from irkit.actions.base import Readers
from irkit.engine.connections import OpenConnections

Call = Callable[[Readers], Awaitable[object]]


@dataclass(slots=True)
class Made:
    """One call: how to make it again, and when it was under way."""

    again: Call
    started: float
    ended: float = 0.0


@dataclass(slots=True)
class Tape:
    """All calls, in the order they began."""

    calls: list[Made] = field(default_factory=list)

    async def play(self, readers: Readers) -> None:
        """Make all calls again; a call waits for those that had ended before it began."""
        for group in self._groups():
            async with anyio.create_task_group() as tasks:
                for made in group:
                    tasks.start_soon(_ignore, made.again, readers)

    def _groups(self) -> list[list[Made]]:
        groups: list[list[Made]] = []
        until = 0.0
        for made in self.calls:
            if not groups or made.started >= until:
                groups.append([])
                until = made.ended
            groups[-1].append(made)
            until = min(until, made.ended)
        return groups


async def _ignore(again: Call, readers: Readers) -> None:
    try:
        await again(readers)
    except Exception:  # noqa: BLE001  # an error was the answer the plan got, too
        return


class _Reader:
    """A reader that writes down what is asked of it."""

    def __init__(self, inner: Any, tape: Tape, which: str) -> None:
        self._inner = inner
        self._tape = tape
        self._which = which

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._inner, name)
        match name:
            case "pages":
                return lambda *given, **named: self._pages(name, given, named)
            case "get" | "list" | "call" | "caller" | "regions":
                return lambda *given, **named: self._once(name, given, named)
            case _:
                return asked

    async def _once(self, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> object:
        async def again(readers: Readers) -> object:
            reader: Any = getattr(readers, self._which)
            return await getattr(reader, name)(*given, **named)

        made = Made(again, time.perf_counter())
        self._tape.calls.append(made)
        try:
            return await getattr(self._inner, name)(*given, **named)
        finally:
            made.ended = time.perf_counter()

    async def _pages(
        self, name: str, given: tuple[Any, ...], named: dict[str, Any]
    ) -> AsyncIterator[object]:
        async def again(readers: Readers) -> object:
            reader: Any = getattr(readers, self._which)
            return [page async for page in getattr(reader, name)(*given, **named)]

        made = Made(again, time.perf_counter())
        self._tape.calls.append(made)
        try:
            async for page in getattr(self._inner, name)(*given, **named):
                yield page
        finally:
            made.ended = time.perf_counter()


class Recording:
    """Open connections whose readers write on a tape."""

    def __init__(self, inner: OpenConnections, tape: Tape) -> None:
        """Record what goes through `inner`."""
        self._inner: Any = inner
        self._tape = tape

    def readers(self, connection: str | None, needs: tuple[str, ...]) -> Readers:
        """Return reading handles that record."""
        found: Readers = self._inner.readers(connection, needs)
        okta: Any = found.okta_reader and _Reader(found.okta_reader, self._tape, "okta_reader")
        aws: Any = found.aws_reader and _Reader(found.aws_reader, self._tape, "aws_reader")
        return replace(found, okta_reader=okta, aws_reader=aws)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
