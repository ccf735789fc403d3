"""Where a canary is: one identity at one provider, a module each, and what can be done to it.

A module has `find(site, orders)`, which returns the identity if it is a canary's, `stand(site,
found, writing)`, which returns the ground, and `SWEEPS`, the calls that sweeping sends.
"""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from irkit.actions.base import Readers, SeatState
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.connections import OpenConnections
from irkit.engine.session import Session
from irkit.model.change import Target
from irkit.proving.canary.planted import Planted
from irkit.proving.canary.writing import Writing

if TYPE_CHECKING:
    from irkit.proving.canary.orders import Orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The open connections that a canary works through."""

    session: Session
    connections: OpenConnections


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The canary's identity, which is marked as one, and the connection that leads to it."""

    target: Target
    connection: str
    readers: Readers


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground(ABC):
    """One identity, and what can be done to it. `every` is how often a seat may be tried."""

    writing: Writing
    readers: Readers
    every: ClassVar[float] = 0.2

    @property
    def target(self) -> Target:
        """Return the identity."""
        return self.writing.target

    @abstractmethod
    async def state(self, planted: Planted) -> SeatState:
        """Use a planted credential as its holder would, and say whether it works."""

    @abstractmethod
    async def sweep(self) -> tuple[str, ...]:
        """Take away all credentials there are; return what was found."""

    @abstractmethod
    async def left(self) -> tuple[str, ...]:
        """Return what is there that must not be once a canary is over."""

    @abstractmethod
    async def unrestored(self, planted: Sequence[Planted]) -> tuple[str, ...]:
        """Return what the undo of the run did not give back, one line each."""


class Module(Protocol):
    """What a module of this package has."""

    SWEEPS: tuple[str, ...]
    find: Callable[[Site, "Orders"], Awaitable[Found]]
    stand: Callable[[Site, Found, Writing, "Orders"], Ground]


def providers() -> frozenset[str]:
    """Return the providers that canaries can be at."""
    return frozenset(module.name for module in pkgutil.iter_modules(__path__))


def at(provider: str) -> Module:
    """Return the module of a provider."""
    return cast("Module", importlib.import_module(f"{__name__}.{provider}"))


def no_canary(user: str, mark: str) -> IrkitError:
    """Return the refusal of an identity that is not marked."""
    return IrkitError(
        Diagnostic(
            code="IRK870",
            summary=f"{user} is not marked {mark}, so it is no canary",
            help="make a user for this alone, and mark it; never one that does work",
        )
    )
