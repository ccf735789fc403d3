"""Which names steps use, and which they bind."""

from collections.abc import Iterator, Mapping

from irkit.lang.expressions import references
from irkit.model.playbook import (
    BlockStep,
    CallStep,
    DoStep,
    Expression,
    IfStep,
    Loop,
    ManualStep,
    ReadStep,
    RepeatStep,
    RequireStep,
    Step,
    Template,
    Value,
    walk,
)


def bound(steps: tuple[Step, ...]) -> frozenset[str]:
    """Return the names that `steps` and those inside give to results."""
    return frozenset(
        step.bind
        for step in walk(steps)
        if isinstance(step, ReadStep | DoStep | CallStep | ManualStep) and step.bind
    )


def used(steps: tuple[Step, ...]) -> frozenset[str]:
    """Return the names that expressions in `steps` read, loop variables among them."""
    return frozenset(
        path[0] for step in walk(steps) for source in sources(step) for path in references(source)
    )


def loop_of(step: Step) -> Loop | None:
    """Return the loop of a step, where it has one."""
    if isinstance(step, ReadStep | DoStep | CallStep | BlockStep):
        return step.loop
    return None


def sources(step: Step) -> "Iterator[Expression | Template | Value]":
    """Yield every expression, template and value a step itself holds (not those inside it)."""
    if step.when is not None:
        yield step.when
    loop = loop_of(step)
    if loop is not None:
        yield loop.over
    match step:
        case ReadStep() | CallStep():
            yield step.arguments
        case DoStep():
            yield step.arguments
            if step.verify is not None:
                yield step.verify.arguments
                yield step.verify.expect
        case ManualStep():
            yield step.text
        case RequireStep():
            yield step.condition
            yield step.say
        case IfStep():
            yield step.condition
        case RepeatStep():
            yield step.until
        case _:
            return


def spanned(source: "Expression | Template | Value") -> Iterator[Expression | Template]:
    """Yield the expressions and templates in a value."""
    match source:
        case Expression() | Template():
            yield source
        case Mapping():
            for item in source.values():
                yield from spanned(item)
        case tuple():
            for item in source:
                yield from spanned(item)
        case _:
            return
