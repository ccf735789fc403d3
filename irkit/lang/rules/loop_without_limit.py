"""A loop changes targets of a kind that has no `limit` (IRK238)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.uses import loop_of
from irkit.lang.view import View, problem
from irkit.model.owners import OWNERS


def check(view: View) -> Iterator[Diagnostic]:
    """Find changes in loops whose number nothing bounds."""
    limits = {**view.context.limits, **view.playbook.limits}
    for place, step, spec in view.changes():
        looped = any(loop_of(outer) is not None for outer in place.chain)
        kinds = {spec.target, OWNERS.get(spec.target, spec.target)}
        if looped and spec.target and not kinds & limits.keys():
            kind = OWNERS.get(spec.target, spec.target)
            yield problem(
                "IRK238",
                f"this loop may change any number of {spec.target}",
                step.span,
                help=f"add to `guards`: limit: {{{kind}: 10}}",
            )
