"""What undo must restore, as one JSON value: compare it before a run and after its undo.

A module of `services` holds what undo must restore of one service; being there is enough. It names
the `SERVICE` and has a function `state` that returns one account's part of it. No part holds logs,
times, last-used marks or secret values, and reading them touches nothing: services that were never
used stay unloaded.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud

Part: TypeAlias = Callable[[Cloud, str], Json]
"""Returns the restorable state that one service holds for one account."""


def restorable(cloud: Cloud) -> Mapping[str, Json]:
    """Return the restorable state of every account."""
    with cloud.moto:
        accounts: dict[str, Json] = {
            account: {service: part(cloud, account) for service, part in _parts().items()}
            for account in cloud.account_ids
        }
        return {"accounts": accounts}


@cache
def _parts() -> Mapping[str, Part]:
    package = importlib.import_module(f"{__name__}.services")
    modules = (
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    )
    return MappingProxyType({module.SERVICE: module.state for module in modules})
