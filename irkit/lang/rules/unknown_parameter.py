"""A step gives its action a parameter that it does not have (IRK102)."""

from collections.abc import Iterator

from irkit.decode import nearest
from irkit.diagnostics import Diagnostic, Fix
from irkit.lang.view import View, problem
from irkit.model.playbook import DoStep, ReadStep


def check(view: View) -> Iterator[Diagnostic]:
    """Find unknown parameters of steps and of their checks."""
    for place in view.places:
        step, spec = place.step, view.spec(place.step)
        if isinstance(step, ReadStep | DoStep) and spec is not None:
            known = [parameter.name for parameter in spec.parameters]
            keys = {key.text: key.span for key, _ in view.arguments(step)}
            for name in step.arguments:
                if name not in known:
                    near, span = nearest(name, known), keys.get(name)
                    fixable = near and span and near not in step.arguments
                    yield problem(
                        "IRK102",
                        f"unknown parameter `{name}` of action `{spec.id}`",
                        span or step.span,
                        label=f"did you mean `{near}`?" if near else "",
                        help=f"run `irkit actions show {spec.id}`",
                        fix=Fix(span=span, replacement=near) if fixable and span else None,
                    )
        if isinstance(step, DoStep) and step.verify is not None:
            checked = view.catalogue.get(step.verify.action)
            for name in step.verify.arguments:
                if checked is not None and checked.parameter(name) is None:
                    yield problem(
                        "IRK102",
                        f"unknown parameter `{name}` of action `{checked.id}`",
                        step.verify.span,
                        help=f"run `irkit actions show {checked.id}`",
                    )
