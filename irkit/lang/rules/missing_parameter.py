"""A step does not give its action a parameter that it needs (IRK115)."""

from collections.abc import Iterator, Mapping

from irkit.diagnostics import Diagnostic, Span
from irkit.lang.view import View, problem
from irkit.model.playbook import DoStep, ReadStep, Value
from irkit.model.spec import Spec


def check(view: View) -> Iterator[Diagnostic]:
    """Find required parameters that are not given."""
    for place in view.places:
        step, spec = place.step, view.spec(place.step)
        if isinstance(step, ReadStep | DoStep) and spec is not None:
            yield from _missing(spec, step.arguments, step.span)
        if isinstance(step, DoStep) and step.verify is not None:
            checked = view.catalogue.get(step.verify.action)
            if checked is not None:
                yield from _missing(checked, step.verify.arguments, step.verify.span)


def _missing(spec: Spec, arguments: Mapping[str, Value], span: Span | None) -> Iterator[Diagnostic]:
    for parameter in spec.parameters:
        if parameter.required and parameter.name not in arguments:
            yield problem(
                "IRK115",
                f"`{spec.id}` needs `{parameter.name}`: {parameter.help}",
                span,
                help=f"run `irkit actions show {spec.id}`",
            )
