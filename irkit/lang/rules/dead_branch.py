"""A branch that is empty or can never run (IRK230)."""

import re
from collections.abc import Iterator
from typing import Final

from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, warning
from irkit.model.playbook import (
    BlockStep,
    Expression,
    IfStep,
    ParallelStep,
    RepeatStep,
    RequireStep,
)

_ALWAYS: Final = re.compile(r"\s*(?:true|not false)\s*", re.IGNORECASE)
_NEVER: Final = re.compile(r"\s*(?:false|not true|none)\s*", re.IGNORECASE)


def check(view: View) -> Iterator[Diagnostic]:
    """Find empty groups and constant conditions."""
    for phase in view.playbook.phases:
        if not phase.steps:
            yield warning("IRK230", f"the phase `{phase.name}` is empty", phase.span)
    for place in view.places:
        step = place.step
        if step.when is not None:
            yield from _constant(step.when, "the step")
        match step:
            case IfStep():
                yield from _constant(step.condition, "`then`")
                if not step.then:
                    yield warning("IRK230", "`then` is empty", step.span)
            case RequireStep():
                yield from _constant(step.condition, "what follows")
            case ParallelStep(branches=()) | BlockStep(steps=()) | RepeatStep(steps=()):
                yield warning("IRK230", "the group is empty", step.span)
            case _:
                pass


def _constant(condition: Expression, what: str) -> Iterator[Diagnostic]:
    if _NEVER.fullmatch(condition.source):
        yield warning("IRK230", f"{what} can never run", condition.span, label="always false")
    elif _ALWAYS.fullmatch(condition.source):
        yield warning(
            "IRK230", "the condition decides nothing", condition.span, label="always true"
        )
