"""Overrides: guards that two people are asked to override, for one step or for a whole run.

Asking overrides nothing. A step that such a guard refuses is planned all the same and says which
guard it overrides; two people other than the requester have to sign exactly that. Steps that the
guard does not refuse are planned as ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.context import Guards, Refusal
from irkit.engine.guards import guards
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

EVERY_STEP: Final = "*"
"""The step that stands for all of a run, where guards are to be overridden from its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overriding:
    """Guards that are to be overridden wherever they refuse a step of a run, and why."""

    guards: tuple[str, ...] = ()
    because: str = ""


def overriding(names: Iterable[str], because: str) -> Overriding:
    """Return what to ask two people for.

    Raises:
        IrkitError: IRK328 if there is no such guard, nobody may override it, or it is not said why.
    """
    known = {guard.NAME: guard.OVERRIDABLE for guard in guards()}
    found = tuple(dict.fromkeys(names))
    for name in found:
        if not known.get(name, False):
            told = (
                f"the guard {name} is never overridden"
                if name in known
                else f"`{name}` is no guard"
            )
            able = ", ".join(sorted(name for name, may in known.items() if may))
            raise _no(told, f"two people may override: {able}")
    if found and not because:
        raise _no(f"it is not said why {found[0]} is to be overridden", "add: --because TEXT")
    return Overriding(guards=found, because=because)


async def judged(judges: Guards, run: Run, step: PlannedStep) -> PlannedStep | Refusal:
    """Return the refusal of a step that is planned, or the step with the guards it overrides.

    Raises:
        IrkitError: if the facts cannot be read; what cannot be judged is not planned.
    """
    while True:
        refusal = await judges.refusal(run, step, before_write=False)
        if refusal is None:
            return step
        asked = refusal.guard in run.overrides.get(EVERY_STEP, ())
        if not asked or refusal.guard in step.overrides:
            return refusal
        step = replace(step, overrides=(*step.overrides, refusal.guard))


def _no(summary: str, help_: str) -> IrkitError:
    return IrkitError(Diagnostic(code="IRK328", summary=summary, help=help_))
