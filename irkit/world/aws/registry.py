"""How operations are added to the simulated AWS: one small file each, found by itself.

A handler answers an operation in moto's place; a check runs before moto and may refuse what moto
would wrongly accept; an amendment runs after moto and puts right what it made.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Final, TypeAlias

from irkit.world.aws.answer import Answer, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.wire import ApiCall

Handler: TypeAlias = Callable[[Cloud, ApiCall, Caller], Result]
Check: TypeAlias = Callable[[Cloud, ApiCall, Caller], None]
Amendment: TypeAlias = Callable[[Cloud, ApiCall, Caller, Answer], Answer]

_HANDLERS: Final[dict[str, Handler]] = {}
_CHECKS: Final[dict[str, list[Check]]] = {}
_AMENDMENTS: Final[dict[str, list[Amendment]]] = {}


def handles(*names: str) -> Callable[[Handler], Handler]:
    """Register a function as the answer to operations such as `sts:AssumeRole`."""

    def register(function: Handler) -> Handler:
        _HANDLERS.update(dict.fromkeys(names, function))
        return function

    return register


def checks(*names: str) -> Callable[[Check], Check]:
    """Register a function that may refuse these operations by raising `ApiError`."""

    def register(function: Check) -> Check:
        for name in names:
            _CHECKS.setdefault(name, []).append(function)
        return function

    return register


def amends(*names: str) -> Callable[[Amendment], Amendment]:
    """Register a function that completes these operations after moto has succeeded."""

    def register(function: Amendment) -> Amendment:
        for name in names:
            _AMENDMENTS.setdefault(name, []).append(function)
        return function

    return register


def handler_for(name: str) -> Handler | None:
    """Return our own answer to an operation, if there is one."""
    return _loaded().get(name)


def checks_for(name: str) -> tuple[Check, ...]:
    """Return what must be satisfied before moto is asked."""
    _loaded()
    return tuple(_CHECKS.get(name, ()))


def amendments_for(name: str) -> tuple[Amendment, ...]:
    """Return what is put right afterwards."""
    _loaded()
    return tuple(_AMENDMENTS.get(name, ()))


@cache
def _loaded() -> Mapping[str, Handler]:
    for folder in ("handlers", "checks"):
        package = importlib.import_module(f"irkit.world.aws.{folder}")
        for module in _modules(package):
            importlib.import_module(f"{package.__name__}.{module}")
    return MappingProxyType(_HANDLERS)


def _modules(package: ModuleType) -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))
