"""What runs after nobody answered may only read, unless it says `because` (IRK231)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic, Label
from irkit.lang.expressions import references
from irkit.lang.names import needed
from irkit.lang.view import Place, View, problem
from irkit.model.playbook import DoStep, IfStep, ManualStep, OnError, UndoStep
from irkit.model.spec import Reversal

_HARMLESS = (Reversal.READ, Reversal.ADDITIVE)


def check(view: View) -> Iterator[Diagnostic]:
    """Find changes that a silence would let through."""
    for index, place in enumerate(view.places):
        step = place.step
        if not isinstance(step, ManualStep) or step.if_silent is not OnError.CONTINUE:
            continue
        for later in view.places[index + 1 :]:
            if (
                _changes(view, later)
                and not later.step.because
                and _after(view, place, later)
                and not _answered(step, later)
            ):
                yield _found(step, later)


def _found(manual: ManualStep, later: Place) -> Diagnostic:
    what = later.step.action if isinstance(later.step, DoStep) else "undo"
    span = manual.span
    return problem(
        "IRK231",
        f"`{what}` would run although nobody answered",
        later.step.span,
        also=(Label(span=span, text="silence here lets the run go on"),) if span else (),
        help="ask `if: answer.answered`, set `if_silent: stop`, or say `because`",
    )


def _changes(view: View, place: Place) -> bool:
    spec = view.spec(place.step)
    if isinstance(place.step, DoStep):
        return spec is not None and spec.reversal not in _HARMLESS
    return isinstance(place.step, UndoStep)


def _after(view: View, manual: Place, later: Place) -> bool:
    """Say whether silence alone leads to `later`.

    In its own phase: what follows in the same sequence or below it. In a later phase that needs it:
    what no approval stands before, for an approval is somebody's word.
    """
    if manual.phase is later.phase:
        return later.parents[: len(manual.parents)] == manual.parents
    if manual.phase is None or later.phase is None:
        return False
    approved = later.phase.approve or any(getattr(s, "approve", None) for s in later.chain)
    phases = {phase.id: phase for phase in view.playbook.phases}
    return not approved and not manual.rescue and manual.phase.id in needed(later.phase, phases)


def _answered(manual: ManualStep, later: Place) -> bool:
    """Say whether a condition on the way asks for the answer."""
    for step in later.chain:
        conditions = [step.when] if step.when is not None else []
        if isinstance(step, IfStep):
            conditions.append(step.condition)
        for condition in conditions:
            if any(path[0] == manual.bind for path in references(condition)):
                return True
    return False
