"""When a playbook comes to use an action: a loop that has items, a condition that holds, a rescue.

What no circumstance stands before is used in every run. Nothing is evaluated here: the words are
the playbook's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from irkit.engine.walk import Book
from irkit.model.playbook import (
    BlockStep,
    CallStep,
    DoStep,
    IfStep,
    ParallelStep,
    ReadStep,
    RepeatStep,
    Step,
    Value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of an action: with which arguments as written, if that is known, and when.

    An empty `when` is always.
    """

    action: str
    arguments: Mapping[str, Value] | None = None
    when: str = ""


def uses(book: Book) -> Iterator[Use]:
    """Yield each use of an action, in the book and in what it calls."""
    for phase in book.main.phases:
        yield from _used(phase.steps, book, ())
    yield from _used(book.main.always, book, ())


def _used(steps: tuple[Step, ...], book: Book, outer: tuple[str, ...]) -> Iterator[Use]:
    for step in steps:
        when = (*outer, *_own(step))
        match step:
            case ReadStep() | DoStep():
                yield from _of(step, " and ".join(dict.fromkeys(when)))
            case IfStep(condition=condition):
                yield from _used(step.then, book, (*when, f"if {condition.source}"))
                yield from _used(step.otherwise, book, (*when, f"unless {condition.source}"))
            case ParallelStep(branches=inner) | RepeatStep(steps=inner):
                yield from _used(inner, book, when)
            case BlockStep():
                yield from _used(step.steps, book, when)
                yield from _used(step.rescue, book, (*when, f"if {step.id} fails"))
            case CallStep(playbook=name) if name in book.calls:
                for phase in book.calls[name].phases:
                    yield from _used(phase.steps, book, when)
                yield from _used(book.calls[name].always, book, when)
            case _:
                pass


def _of(step: ReadStep | DoStep, when: str) -> Iterator[Use]:
    yield Use(action=step.action, arguments=step.arguments, when=when)
    if isinstance(step, DoStep) and step.verify is not None:
        yield Use(action=step.verify.action, arguments=step.verify.arguments, when=when)


def _own(step: Step) -> Iterator[str]:
    """Yield what stands before a step by itself."""
    if isinstance(step, ReadStep | DoStep | BlockStep | CallStep) and step.loop is not None:
        yield f"for each of {step.loop.over.source}"
    if step.when is not None:
        yield f"if {step.when.source}"
