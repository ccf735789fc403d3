"""A playbook calls itself, directly or through others (IRK245)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, problem
from irkit.model.playbook import CallStep, Playbook, all_steps


def check(view: View) -> Iterator[Diagnostic]:
    """Find calls that lead back here."""
    for place in view.places:
        step = place.step
        if isinstance(step, CallStep):
            way = _way_back(view, step.playbook)
            if way:
                yield problem(
                    "IRK245",
                    f"`{view.playbook.id}` calls itself",
                    step.span,
                    label=" → ".join((view.playbook.id, *way)),
                )


def _way_back(view: View, start: str) -> tuple[str, ...]:
    known = view.context.playbooks or {}
    pending: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while pending:
        way = pending.pop()
        if way[-1] == view.playbook.id:
            return way
        if way[-1] in known and way[-1] not in seen:
            seen.add(way[-1])
            pending.extend((*way, called) for called in _calls(known[way[-1]]))
    return ()


def _calls(playbook: Playbook) -> Iterator[str]:
    for step in all_steps(playbook):
        if isinstance(step, CallStep):
            yield step.playbook
