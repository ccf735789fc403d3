"""Making all checks: each is a module of `checks/` with a `look`, found by its file.

None stops another: a check that meets a refusal, or a bug of its own, says so in a line.
"""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias, cast

from irkit.diagnostics import IrkitError
from irkit.engine.checking import Finding, State
from irkit.engine.own_bug import own_bug
from irkit.proving.preflight import checks
from irkit.proving.preflight.site import Site

Look: TypeAlias = Callable[[Site], AsyncIterator[Finding]]


def names() -> tuple[str, ...]:
    """Return the names of all checks, in their order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(checks.__path__)))


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield every finding of every check, as soon as it is known."""
    for name in names():
        module = importlib.import_module(f"{checks.__name__}.{name}")
        try:
            async for finding in cast("Look", module.look)(site):
                yield finding
        except IrkitError as error:
            for item in error.diagnostics:
                yield _unknown(name, item.summary, item.help, item.code)
        except Exception as error:  # noqa: BLE001  # one check must not end the others
            item = own_bug(error)
            yield _unknown(name, item.summary, item.help, item.code)


def _unknown(check: str, what: str, remedy: str, code: str) -> Finding:
    return Finding(subject=check, state=State.UNKNOWN, what=what, remedy=remedy, code=code)
