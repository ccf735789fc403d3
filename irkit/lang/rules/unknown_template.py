"""`report` names a template that is not there (IRK209)."""

from collections.abc import Iterator

from irkit.decode import nearest
from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, problem
from irkit.model.playbook import ReportStep


def check(view: View) -> Iterator[Diagnostic]:
    """Find unknown templates."""
    known = view.context.templates
    if known is None:
        return
    for place in view.places:
        step = place.step
        if isinstance(step, ReportStep) and step.template not in known:
            near = nearest(step.template, known)
            node = view.value_at(step, "report")
            yield problem(
                "IRK209",
                f"there is no template `{step.template}`",
                node.span if node else step.span,
                label=f"did you mean `{near}`?" if near else "",
                help=f"there is {', '.join(sorted(known)) or 'none'}",
            )
