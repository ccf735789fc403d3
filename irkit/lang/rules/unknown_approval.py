"""A phase or step asks for an approval that is not declared (IRK206)."""

from collections.abc import Iterator

from irkit.decode import nearest
from irkit.diagnostics import Diagnostic, Span
from irkit.lang.view import View, problem
from irkit.model.playbook import BlockStep, DoStep, UndoStep


def check(view: View) -> Iterator[Diagnostic]:
    """Find approvals that do not exist."""
    known = view.playbook.approvals
    for name, span in _asked(view):
        if name not in known:
            near = nearest(name, known)
            yield problem(
                "IRK206",
                f"no approval `{name}`",
                span,
                label=f"did you mean `{near}`?" if near else "",
                help="declare it under `approvals`",
            )


def _asked(view: View) -> Iterator[tuple[str, Span | None]]:
    for phase in view.playbook.phases:
        if phase.approve:
            yield phase.approve, phase.span
    for place in view.places:
        step = place.step
        if isinstance(step, DoStep | BlockStep | UndoStep) and step.approve:
            node = view.value_at(step, "approve")
            yield step.approve, node.span if node else step.span
