"""Every changing action in a situation in which it has something to do.

A module of this package holds the cases of one service (`CASES`), and those in which an intruder's
credentials judge what an action cuts (`KILLS`); being there is enough.
"""

from importlib import import_module
from pkgutil import iter_modules

from action_cases.case import Case
from action_cases.kill import Kill

_MODULES = tuple(
    import_module(f"{__name__}.{name}")
    for name in sorted(found.name for found in iter_modules(__path__))
    if name not in {"case", "kill"}
)

CASES: tuple[Case, ...] = tuple(case for module in _MODULES for case in module.CASES)
KILLS: tuple[Kill, ...] = tuple(
    kill for module in _MODULES for kill in getattr(module, "KILLS", ())
)

__all__ = ["CASES", "KILLS", "Case", "Kill"]
