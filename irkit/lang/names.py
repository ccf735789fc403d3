"""Which names are certainly, and which only possibly, there at each step.

A name is certain where every way to the step binds it: earlier in its phase, or in a phase it
needs. A name bound under a condition, inside a loop, or in a phase that is not needed is possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from irkit.lang.uses import loop_of
from irkit.model.playbook import (
    BlockStep,
    CallStep,
    DoStep,
    IfStep,
    ManualStep,
    ParallelStep,
    Phase,
    Playbook,
    ReadStep,
    RepeatStep,
    Step,
)

IMPLICIT = frozenset({"inputs", "now"})


@dataclass(frozen=True, slots=True)
class Visible:
    """The names at one place."""

    certain: frozenset[str] = IMPLICIT
    possible: frozenset[str] = frozenset()

    def plus(self, *names: str) -> "Visible":
        """Return the same with more certain names."""
        return Visible(self.certain.union(names), self.possible.difference(names))

    def perhaps(self, names: frozenset[str]) -> "Visible":
        """Return the same with more possible names."""
        return Visible(self.certain, self.possible | (names - self.certain))

    def both(self, other: "Visible") -> "Visible":
        """Return what holds after either of two ways was taken."""
        certain = self.certain & other.certain
        every = self.certain | other.certain | self.possible | other.possible
        return Visible(certain, every - certain)

    def all_of(self, other: "Visible") -> "Visible":
        """Return what holds after both were done."""
        certain = self.certain | other.certain
        return Visible(certain, (self.possible | other.possible) - certain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What each step sees and leaves, by its id; `end` is what `outputs` see."""

    at: Mapping[str, Visible]
    after: Mapping[str, Visible]
    end: Visible


class _Tracer:
    """Walks the steps, carrying what is visible."""

    def __init__(self) -> None:
        self.at: dict[str, Visible] = {}
        self.after: dict[str, Visible] = {}

    def sequence(self, steps: tuple[Step, ...], visible: Visible) -> Visible:
        """Return what is visible after `steps`."""
        for step in steps:
            self.at[step.id] = visible
            done = self.step(step, visible)
            self.after[step.id] = done
            visible = visible.both(done) if step.when is not None else done
        return visible

    def step(self, step: Step, visible: Visible) -> Visible:
        """Return what is visible after one step that did run."""
        match step:
            case ReadStep() | DoStep() | CallStep() | ManualStep():
                result = self._single(step, visible)
            case IfStep():
                yes = self.sequence(step.then, visible)
                result = yes.both(self.sequence(step.otherwise, visible))
            case ParallelStep():
                result = visible
                for branch in step.branches:
                    result = result.all_of(self.sequence((branch,), visible))
            case RepeatStep():
                result = self.sequence(step.steps, visible)
            case BlockStep():
                result = self._block(step, visible)
            case _:
                result = visible
        return result

    def _single(self, step: ReadStep | DoStep | CallStep | ManualStep, visible: Visible) -> Visible:
        loop = loop_of(step)
        if loop is not None:
            self.at[step.id] = visible.plus(loop.variable)
        return visible.plus(step.bind) if step.bind else visible

    def _block(self, step: BlockStep, visible: Visible) -> Visible:
        inner = visible if step.loop is None else visible.plus(step.loop.variable)
        done = self.sequence(step.steps, inner)
        failed = inner.perhaps(done.certain | done.possible).plus("error")
        rescued = self.sequence(step.rescue, failed)
        if step.rescue:
            done = done.both(Visible(rescued.certain - {"error"}, rescued.possible))
        if step.loop is None:
            return done
        made = (done.certain | done.possible) - inner.certain
        return visible.perhaps(made)


def trace(playbook: Playbook) -> Names:
    """Return what is visible where."""
    tracer = _Tracer()
    made: dict[str, Visible] = {}
    for phase in playbook.phases:
        start = _start(phase, playbook.phases, made)
        made[phase.id] = tracer.sequence(phase.steps, start)
    end = Visible()
    for visible in made.values():
        end = end.all_of(visible)
    everything = Visible().perhaps(end.certain | end.possible)
    tracer.sequence(playbook.always, everything)
    return Names(at=tracer.at, after=tracer.after, end=end)


def _start(phase: Phase, phases: tuple[Phase, ...], made: Mapping[str, Visible]) -> Visible:
    """Return what the phases that `phase` needs have made certain; all earlier ones possible."""
    start = Visible()
    for need in needed(phase, {p.id: p for p in phases}):
        start = start.all_of(made.get(need, Visible()))
    for visible in made.values():
        start = start.perhaps(visible.certain | visible.possible)
    return start


def needed(phase: Phase, phases: Mapping[str, Phase]) -> frozenset[str]:
    """Return the ids of all phases that `phase` needs, directly or through others."""
    found: set[str] = set()
    pending = list(phase.needs)
    while pending:
        need = pending.pop()
        if need not in found and need in phases:
            found.add(need)
            pending.extend(phases[need].needs)
    return frozenset(found)
