"""`undo` of a phase that changes nothing, or comes later (IRK248)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, problem, warning
from irkit.model.playbook import DoStep, UndoStep, walk


def check(view: View) -> Iterator[Diagnostic]:
    """Find undo steps that would do nothing."""
    order = {phase.id: index for index, phase in enumerate(view.playbook.phases)}
    for place in view.places:
        step = place.step
        if not isinstance(step, UndoStep):
            continue
        here = order.get(place.phase.id, len(order)) if place.phase else len(order)
        for id_ in step.phases:
            phase = next((p for p in view.playbook.phases if p.id == id_), None)
            if phase is None:
                continue
            if order[id_] >= here:
                yield problem(
                    "IRK248", f"`{phase.name}` has not run when it is undone here", step.span
                )
            elif not any(isinstance(inner, DoStep) for inner in walk(phase.steps)):
                yield warning("IRK248", f"`{phase.name}` changes nothing to undo", step.span)
