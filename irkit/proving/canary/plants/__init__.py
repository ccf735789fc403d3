"""What a canary can plant, one kind of credential a file.

A module has `CALLS`, what planting sends, and `plant(ground, planted)`, which does it; `planted` is
what was planted before. Kinds of Okta's are called `okta_…`.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from irkit.proving.canary.grounds import Ground
    from irkit.proving.canary.planted import Planted


class Plant(Protocol):
    """What a module of this package has."""

    CALLS: tuple[str, ...]
    plant: "Callable[[Ground, Sequence[Planted]], Awaitable[Planted]]"


def kinds() -> frozenset[str]:
    """Return the kinds of credential that can be planted."""
    return frozenset(module.name for module in pkgutil.iter_modules(__path__))


def provider_of(kind: str) -> str:
    """Return where a kind is planted, without loading what plants it."""
    return "okta" if kind.startswith("okta_") else "aws"


def plant_of(kind: str) -> Plant:
    """Return what plants a credential of `kind`."""
    return cast("Plant", importlib.import_module(f"{__name__}.{kind}"))
