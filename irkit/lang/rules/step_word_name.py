"""A name that is also a word of the language reads as something else (IRK214)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic, Span
from irkit.lang.steps import KEYS
from irkit.lang.uses import loop_of
from irkit.lang.view import View, warning
from irkit.model.playbook import CallStep, DoStep, ManualStep, ReadStep


def check(view: View) -> Iterator[Diagnostic]:
    """Find inputs, results and loop variables called like a step word."""
    for item in view.playbook.inputs:
        if item.name in KEYS:
            yield _found(item.name, item.span)
    for place in view.places:
        step = place.step
        bind = step.bind if isinstance(step, ReadStep | DoStep | CallStep | ManualStep) else None
        if bind in KEYS:
            yield _found(str(bind), step.span)
        loop = loop_of(step)
        if loop is not None and loop.variable in KEYS:
            yield _found(loop.variable, loop.over.span)


def _found(name: str, span: Span | None) -> Diagnostic:
    return warning("IRK214", f"`{name}` is also a word of the language", span)
