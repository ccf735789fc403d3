"""A change is made on something that no evidence was read of before (IRK234)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic, Severity
from irkit.lang.expressions import Path, names, references
from irkit.lang.uses import loop_of
from irkit.lang.view import Place, View, problem
from irkit.model.playbook import DoStep, Step
from irkit.model.spec import Reversal


def check(view: View) -> Iterator[Diagnostic]:
    """Find changes whose target was not read as evidence earlier."""
    for index, place in enumerate(view.places):
        step, spec = place.step, view.spec(place.step)
        if not isinstance(step, DoStep) or spec is None or spec.reversal is Reversal.ADDITIVE:
            continue
        before = [p for p in view.places[:index] if _is_evidence(p)]
        if place.rescue or _covered(view, place, before, spec.needs):
            continue
        severity = Severity.ERROR if spec.before_evidence else Severity.WARNING
        yield problem(
            "IRK234",
            f"`{spec.id}` changes what no evidence was read of",
            step.span,
            severity=severity,
            help="read it first with `evidence: true`: afterwards the state before is gone",
        )


def _is_evidence(place: Place) -> bool:
    return bool(getattr(place.step, "evidence", False))


def _covered(view: View, place: Place, before: list[Place], needs: tuple[str, ...]) -> bool:
    step = place.step
    assert isinstance(step, DoStep), "only changes are asked about"
    roots = _roots(place, names(dict(step.arguments)))
    paths = _about(step)
    for earlier in before:
        read = earlier.step
        bind = getattr(read, "bind", None)
        spec = view.spec(read)
        if bind in roots or paths & _about(read):
            return True
        if not paths and spec is not None and set(spec.needs) & set(needs):
            return True
    return False


def _about(step: Step) -> frozenset[Path]:
    """Return what a step is about: what its arguments name, and what it loops over."""
    loop = loop_of(step)
    about = references(dict(getattr(step, "arguments", {})))
    return about | references(loop.over) if loop is not None else about


def _roots(place: Place, wanted: frozenset[str]) -> frozenset[str]:
    """Return the names behind `wanted`: a loop variable stands for what is looped over."""
    found = set(wanted)
    for step in reversed(place.chain):
        loop = loop_of(step)
        if loop is not None and loop.variable in found:
            found |= names(loop.over)
    return frozenset(found)
