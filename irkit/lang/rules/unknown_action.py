"""A step or check names an action that does not exist (IRK201)."""

from collections.abc import Iterator

from irkit.decode import nearest
from irkit.diagnostics import Diagnostic, Fix
from irkit.lang.view import View, problem
from irkit.model.playbook import DoStep, ReadStep


def check(view: View) -> Iterator[Diagnostic]:
    """Find unknown actions, with the nearest known one as a fix."""
    known = view.catalogue.specs
    for place in view.places:
        step = place.step
        if isinstance(step, ReadStep | DoStep) and step.action not in known:
            node = view.value_at(step, "read" if isinstance(step, ReadStep) else "do")
            near = nearest(step.action, known)
            # Which change was meant is for a person to say.
            safe = isinstance(step, ReadStep)
            yield problem(
                "IRK201",
                f"unknown action `{step.action}`",
                node.span if node else step.span,
                label=f"did you mean `{near}`?" if near else "",
                help="run `irkit actions`",
                fix=Fix(span=node.span, replacement=near) if safe and near and node else None,
            )
        if isinstance(step, DoStep) and step.verify and step.verify.action not in known:
            near = nearest(step.verify.action, known)
            yield problem(
                "IRK201",
                f"unknown action `{step.verify.action}`",
                step.verify.span,
                label=f"did you mean `{near}`?" if near else "",
                help="run `irkit actions`",
            )
