"""What a canary can plant, one kind of credential a file: `plant(ground, planted)` makes it."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from irkit.proving.canary.ground import Ground, Planted

Plant: TypeAlias = "Callable[[Ground, Sequence[Planted]], Awaitable[Planted]]"


def kinds() -> frozenset[str]:
    """Return the kinds of credential that can be planted."""
    return frozenset(module.name for module in pkgutil.iter_modules(__path__))


def plant_of(kind: str) -> Plant:
    """Return what plants a credential of `kind`."""
    return cast("Plant", importlib.import_module(f"{__name__}.{kind}").plant)
