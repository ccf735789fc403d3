"""What a case may expect, one file each: being here is all the registration it needs.

A module has `KEY`, the word under `expect:`; `SCHEMA`, its form for editors; and `read`, which
makes expectations of its node. An expectation is a value that judges what was seen.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, cast

from irkit.canonical import JsonObject
from irkit.decode import Problems
from irkit.proving.testing.names import Names
from irkit.proving.testing.seen import Expectation
from irkit.yaml_strict import Node


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading an expectation needs: where problems go, and what names there are."""

    problems: Problems
    names: Names


class Kind(Protocol):
    """One kind of expectation: the shape of its module."""

    KEY: str
    SCHEMA: JsonObject

    def read(self, node: Node, reading: Reading) -> tuple[Expectation, ...]:
        """Make expectations of what stands under the key."""


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Return every kind by its key, in the order of the keys."""
    modules = (
        cast("Kind", importlib.import_module(f"{__name__}.{found.name}"))
        for found in pkgutil.iter_modules(__path__)
    )
    return {kind.KEY: kind for kind in sorted(modules, key=lambda kind: kind.KEY)}
