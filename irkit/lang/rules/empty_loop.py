"""Where containment is claimed, a loop must say what nothing to loop over means (IRK247)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.uses import loop_of
from irkit.lang.view import View, problem
from irkit.model.playbook import ReadStep


def check(view: View) -> Iterator[Diagnostic]:
    """Find reads in loops without `when_empty` in playbooks that claim containment."""
    if not view.playbook.claims_contained:
        return
    for place in view.places:
        loop = loop_of(place.step)
        if isinstance(place.step, ReadStep) and loop is not None and loop.when_empty is None:
            yield problem(
                "IRK247",
                "this loop may run over nothing, and the playbook claims containment",
                loop.over.span,
                help="add `when_empty: ok` if that is fine, else `when_empty: stop`",
            )
