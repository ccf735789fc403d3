"""A `repeat` that nothing inside can end, or that may run for a very long time (IRK232)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from irkit.clock import words
from irkit.diagnostics import Diagnostic
from irkit.lang.expressions import names
from irkit.lang.uses import bound
from irkit.lang.view import View, problem, warning
from irkit.model.playbook import RepeatStep

LONGEST: Final = timedelta(hours=24)


def check(view: View) -> Iterator[Diagnostic]:
    """Find waits that are not really bounded."""
    for place in view.places:
        step = place.step
        if not isinstance(step, RepeatStep):
            continue
        if not names(step.until) & (bound(step.steps) | {"now"}):
            yield problem(
                "IRK232",
                "nothing inside this `repeat` can make its `until` true",
                step.until.span,
                help="bind what `until` looks at with `as` inside the repeated steps",
            )
        if step.every * step.at_most > LONGEST:
            yield warning(
                "IRK232",
                f"this may wait for {words(step.every * step.at_most)}",
                step.span,
                help="lower `at_most` or `every`",
            )
