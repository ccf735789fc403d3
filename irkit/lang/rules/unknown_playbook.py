"""`call` names a playbook that is not there, or gives it inputs it does not have (IRK205)."""

from collections.abc import Iterator

from irkit.decode import nearest
from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, problem
from irkit.model.playbook import CallStep, Playbook


def check(view: View) -> Iterator[Diagnostic]:
    """Find calls that cannot be made."""
    known = view.context.playbooks
    if known is None:
        return
    for place in view.places:
        step = place.step
        if isinstance(step, CallStep):
            called = known.get(step.playbook)
            if called is not None:
                yield from _inputs(step, called)
                continue
            near = nearest(step.playbook, known)
            yield problem(
                "IRK205",
                f"there is no playbook `{step.playbook}`",
                step.span,
                label=f"did you mean `{near}`?" if near else "",
            )


def _inputs(step: CallStep, called: Playbook) -> Iterator[Diagnostic]:
    inputs = {item.name: item for item in called.inputs}
    for name in step.arguments:
        if name not in inputs:
            yield problem("IRK205", f"`{called.id}` has no input `{name}`", step.span)
    for item in inputs.values():
        if item.required and item.name not in step.arguments:
            yield problem("IRK205", f"`{called.id}` needs the input `{item.name}`", step.span)
