"""An input, a result or an approval that nothing uses (IRK211)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.expressions import Path, references
from irkit.lang.uses import sources
from irkit.lang.view import View, warning
from irkit.model.playbook import BlockStep, CallStep, DoStep, ReadStep, UndoStep


def check(view: View) -> Iterator[Diagnostic]:
    """Find what is defined for nothing."""
    paths = _paths(view)
    whole = ("inputs",) in paths
    for item in view.playbook.inputs:
        if not whole and not any(path[:2] == ("inputs", item.name) for path in paths):
            yield warning("IRK211", f"nothing uses the input `{item.name}`", item.span)
    roots = {path[0] for path in paths}
    for place in view.places:
        step = place.step
        bind = step.bind if isinstance(step, ReadStep | DoStep | CallStep) else None
        evidence = isinstance(step, ReadStep) and step.evidence
        if bind and bind not in roots and not evidence:
            node = view.value_at(step, "as")
            yield warning(
                "IRK211", f"nothing uses the result `{bind}`", node.span if node else step.span
            )
    for approval in view.playbook.approvals.values():
        if approval.name not in _approvals(view):
            yield warning("IRK211", f"nothing uses the approval `{approval.name}`", approval.span)


def _paths(view: View) -> frozenset[Path]:
    found = set(references(dict(view.playbook.outputs)))
    for place in view.places:
        for source in sources(place.step):
            found |= references(source)
    return frozenset(found)


def _approvals(view: View) -> frozenset[str | None]:
    used = {phase.approve for phase in view.playbook.phases}
    for place in view.places:
        if isinstance(place.step, DoStep | BlockStep | UndoStep):
            used.add(place.step.approve)
    return frozenset(used)
