"""Every changing action in a situation in which it has something to do.

A module of this package holds the cases of one service; being there is enough.
"""

from importlib import import_module
from pkgutil import iter_modules

from action_cases.case import Case

CASES: tuple[Case, ...] = tuple(
    case
    for module in sorted(found.name for found in iter_modules(__path__))
    if module != "case"
    for case in import_module(f"{__name__}.{module}").CASES
)

__all__ = ["CASES", "Case"]
