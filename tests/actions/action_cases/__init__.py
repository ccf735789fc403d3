"""Every changing action in a situation in which it has something to do.

A module of this package holds the cases of one service (`CASES`); being there is enough.
"""

from importlib import import_module
from pkgutil import iter_modules

from action_cases.case import Case

_MODULES = tuple(
    import_module(f"{__name__}.{name}")
    for name in sorted(found.name for found in iter_modules(__path__))
    if name != "case"
)

CASES: tuple[Case, ...] = tuple(case for module in _MODULES for case in module.CASES)
__all__ = ["CASES", "Case"]
