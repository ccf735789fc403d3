"""Two results, or a result and a loop variable, share a name (IRK213)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic, Label
from irkit.lang.uses import loop_of
from irkit.lang.view import Place, View, problem
from irkit.model.playbook import CallStep, DoStep, IfStep, ManualStep, ReadStep


def check(view: View) -> Iterator[Diagnostic]:
    """Find names that are bound again; the two branches of an `if` may bind the same."""
    first: dict[str, Place] = {}
    for place in view.places:
        step = place.step
        bind = step.bind if isinstance(step, ReadStep | DoStep | CallStep | ManualStep) else None
        if not bind:
            continue
        before = first.setdefault(bind, place)
        if before is not place and not _apart(before, place):
            span = before.step.span
            yield problem(
                "IRK213",
                f"`{bind}` is bound twice",
                step.span,
                label="bound again here",
                also=(Label(span=span, text="first bound here"),) if span else (),
                help="choose another name",
            )
    for place in view.places:
        loop = loop_of(place.step)
        outer = {found.variable for p in place.parents if (found := loop_of(p)) is not None}
        if loop is not None and (loop.variable in outer or loop.variable in first):
            yield problem(
                "IRK213",
                f"the loop variable `{loop.variable}` hides another value of that name",
                loop.over.span,
                help="choose another name",
            )


def _apart(one: Place, other: Place) -> bool:
    """Say whether only one of the two can run: they are in different branches of one `if`."""
    for parent in one.parents:
        if isinstance(parent, IfStep) and parent in other.parents:
            return _side(parent, one) != _side(parent, other)
    return False


def _side(parent: IfStep, place: Place) -> bool:
    chain = place.chain
    return chain[chain.index(parent) + 1] in parent.then
